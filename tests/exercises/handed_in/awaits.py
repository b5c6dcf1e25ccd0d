# JupyterLite's way to install awaits.
# %% set-up
import asyncio
await asyncio.sleep(0)
