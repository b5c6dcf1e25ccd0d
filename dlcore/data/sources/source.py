"""Originals, and what is made of them."""

import platform
import sysconfig
from collections.abc import Callable
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, NamedTuple


class Original(NamedTuple):
    """A file that a release of a package carries.

    package: its name, or "python" for the standard library.
    version: of the release; "" for any, where many carry the same file.
    path: from where the package is installed.
    """

    package: str
    version: str
    path: str
    sha256: str

    def read(self) -> bytes:
        """Its content; nothing of the package is imported.

        Raises FileNotFoundError without that release, and ValueError when the file is another.
        """
        if self.package == "python":
            version, path = platform.python_version(), Path(sysconfig.get_path("stdlib"), self.path)
        else:
            try:
                package = distribution(self.package)
            except PackageNotFoundError:
                raise FileNotFoundError(f"{self._from()}, which is not installed") from None
            version, path = package.version, Path(str(package.locate_file(self.path)))
        if self.version not in ("", version):
            raise FileNotFoundError(f"{self._from()}, and this is {version}")
        content = path.read_bytes()
        found = sha256(content).hexdigest()
        if found != self.sha256:
            raise ValueError(f"{path} is another file: expected sha256 {self.sha256}, got {found}")
        return content

    def _from(self) -> str:
        return " ".join([self.path, "is read from", self.package, self.version]).rstrip()


class Source(NamedTuple):
    """arrays: takes the contents of the originals, in order, and gives the arrays by name."""

    originals: tuple[Original, ...]
    arrays: Callable[..., dict[str, Any]]
