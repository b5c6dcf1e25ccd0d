"""Departures from torch: every place where dlcore differs on purpose from what bears the same name.

Each test is an entry of the page with that title. Its docstring says what torch does, what dlcore
does, and why; its code lets both do it. Should the two agree one day, the test fails.
"""

import warnings

import numpy as np
import pytest

import dlcore
from dlcore import nn, optim
from dlcore.nn import functional as F

NAN, INF = np.nan, np.inf


def sweep(module, X, dE_dY=1.0):
    """Y and dE/dX by dlcore, dE/dY being the same number everywhere."""
    with np.errstate(invalid="ignore"):
        Y = module.fprop(np.array(X))
        return Y.tolist(), module.bprop(np.full_like(Y, dE_dY)).tolist()


def torch_sweep(torch, module, X, dE_dY=1.0):
    """The same by torch."""
    T = torch.tensor(np.array(X), requires_grad=True)
    Y = module(T)
    Y.backward(torch.full_like(Y, dE_dY))
    return Y.tolist(), T.grad.tolist()


def make(package, owner, **options):
    """A module or an optimizer of either package, with what it cannot be made without."""
    needed = {
        "nn.AvgPool2d": (2,),
        "nn.Conv2d": (1, 1, 2),
        "nn.LPPool2d": (2, 2),
        "nn.Linear": (3, 2),
        "nn.MaxPool2d": (2,),
        "nn.Threshold": (0, 0),
        "optim.Adam": (package.nn.Linear(1, 1).parameters(),),
        "optim.SGD": (package.nn.Linear(1, 1).parameters(),),
    }
    place, name = owner.split(".")
    return getattr(getattr(package, place), name)(*needed.get(owner, ()), **options)


def agree_to_refuse(torch, owner, option, value, by_torch=None):
    """torch makes it with the option; dlcore names the option and refuses."""
    make(torch, owner, **{option: value if by_torch is None else by_torch})
    with pytest.raises(NotImplementedError, match=f"dlcore does not have {option}="):
        make(dlcore, owner, **{option: value})


class TestNumbers:
    """Where the numbers differ"""

    def test_relu_at_nan(self, torch):
        """The gradient of ReLU at NaN is 0

        torch: passes `dE/dy` on, as if the NaN were positive.
        dlcore: gives 0, since NaN > 0 is false.
        Why: the code is the formula, "where x > 0, else 0". The NaN is not lost: it stands in y.
        """
        assert torch_sweep(torch, torch.nn.ReLU(), [NAN])[1] == [1]
        assert sweep(nn.ReLU(), [NAN])[1] == [0]

    @pytest.mark.parametrize(
        "owner, at",
        [
            ("nn.ReLU", -1.0),
            ("nn.Hardtanh", 2.0),
            ("nn.Threshold", -1.0),
            ("nn.Hardshrink", 0.0),
            ("nn.Softshrink", 0.0),
        ],
    )
    def test_where_it_is_flat(self, torch, owner, at):
        """A non-linearity does not stop an infinite gradient where it is flat

        torch: gives 0 there, whatever arrives, infinity and NaN included.
        dlcore: multiplies by 0, and infinity times 0 is NaN.
        Why: a product is the formula, and several times as fast as a choice. A gradient that is
        infinite or NaN is an accident in both, and here it cannot hide.
        """
        for accident in (INF, NAN):
            assert torch_sweep(torch, make(torch, owner), [at], accident)[1] == [0]
            assert np.isnan(sweep(make(dlcore, owner), [at], accident)[1])

    def test_max_at_a_tie(self, torch):
        """Max gives a tie to its second input

        torch: `torch.maximum` gives each of the two a half.
        dlcore: gives all of it to x2.
        Why: so it stands on the lecture's slide (L40).
        """
        a, b = (torch.tensor([3.0], requires_grad=True) for _ in range(2))
        torch.maximum(a, b).backward()
        assert (a.grad.item(), b.grad.item()) == (0.5, 0.5)
        tie = nn.Max()
        tie.fprop(np.array([3.0]), np.array([3.0]))
        assert [g.item() for g in tie.bprop(np.array([1.0]))] == [0, 1]

    def test_max_pool_of_nan(self, torch):
        """MaxPool2d sends the gradient of a NaN nowhere

        torch: sends it to the last NaN in the window.
        dlcore: Y is NaN too, but no pixel equals it, and all gradients of that window are 0.
        Why: the winner is the pixel that equals the maximum, and a NaN equals nothing.
        """
        X = [[[NAN, NAN], [3.0, 4.0]]]
        assert torch_sweep(torch, torch.nn.MaxPool2d(2), X)[1] == [[[0, 1], [0, 0]]]
        assert sweep(nn.MaxPool2d(2), X)[1] == [[[0, 0], [0, 0]]]

    def test_max_pool_of_minus_infinity(self, torch):
        """A border can win MaxPool2d where all pixels are minus infinity

        torch: gives the gradient to the first pixel of the image in the window.
        dlcore: gives it to the border, where it is lost, if the window begins there.
        Why: the border is minus infinity, and a tie goes to the first. No special case is made for
        an image that has no finite pixel.
        """
        X = np.full((1, 2, 2), -INF)
        assert np.sum(torch_sweep(torch, torch.nn.MaxPool2d(2, 2, 1), X)[1]) == 4
        assert np.sum(sweep(nn.MaxPool2d(2, 2, 1), X)[1]) == 1

    @pytest.mark.parametrize("size, by_torch", [(1e200, INF), (1e-200, 0)])
    def test_lp_pool_of_huge_and_tiny_numbers(self, torch, size, by_torch):
        """LPPool2d does not overflow

        torch: raises the numbers themselves to the power p: huge ones give infinity, tiny ones 0,
        and gradients of 0.
        dlcore: divides by the largest first, and gives the norm and its gradients.
        Why: the norm is an ordinary number; only a way to compute it is in danger.
        """
        X = np.full((1, 2, 2), size)
        assert torch_sweep(torch, torch.nn.LPPool2d(2, 2), X) == ([[[by_torch]]], (0 * X).tolist())
        Y, dE_dX = sweep(nn.LPPool2d(2, 2), X)
        np.testing.assert_allclose(Y, 2 * size)
        np.testing.assert_allclose(dE_dX, 0.5)

    def test_lp_pool_of_zeros(self, torch):
        """The gradient of LPPool2d at a window of zeros is 0, for p < 1 as well

        torch: gives 0 for p of 1 and more, and NaN for p < 1.
        dlcore: gives 0 for every p.
        Why: one rule is easier to remember than two.
        """
        X = np.zeros((1, 2, 2))
        for p in (0.5, 1, 2, 3):
            by_torch = torch_sweep(torch, torch.nn.LPPool2d(p, 2), X)[1]
            assert np.isnan(by_torch).all() if p < 1 else not np.any(by_torch)
            assert not np.any(sweep(nn.LPPool2d(p, 2), X)[1])

    def test_lp_pool_of_nan(self, torch):
        """LPPool2d with p = 1 is a sum, also of a NaN

        torch: gives gradients of 0 where the sum is NaN.
        dlcore: gives 1 to each pixel, as for any other sum.
        Why: the gradient of a sum does not depend on what is added.
        """
        X = [[[1.0, NAN], [3.0, 4.0]]]
        assert not np.any(torch_sweep(torch, torch.nn.LPPool2d(1, 2), X)[1])
        assert sweep(nn.LPPool2d(1, 2), X)[1] == [[[1, 1], [1, 1]]]

    def test_random_numbers(self, torch):
        """The same seed gives other random numbers

        torch: has a generator of its own.
        dlcore: has NumPy's. The distributions are the same.
        Why: to match torch's numbers, its generator would have to be written again. To compare two
        nets, load the weights of one into the other.
        """
        torch.manual_seed(0)
        dlcore.manual_seed(0)
        assert not np.allclose(torch.randn(8), dlcore.randn(8))


class TestInputs:
    """What a module takes"""

    def test_arrays(self, torch):
        """A module takes NumPy arrays

        torch: takes its own tensors only.
        dlcore: an array is a Tensor that needs no gradient.
        Why: data are arrays, and there is no other device to move them to.
        """
        X = np.ones((1, 3), np.float32)
        with pytest.raises(TypeError):
            torch.nn.Linear(3, 2)(X)
        assert nn.Linear(3, 2)(X).shape == (1, 2)

    def test_errors(self, torch):
        """What does not fit raises InputError

        torch: raises RuntimeError, with the sizes that clash.
        dlcore: raises InputError, a ValueError, that says which module of the net noticed, what it
        expected and what it got.
        Why: the lines of a net look alike; the one to mend should be named (rule 7).
        """
        for package in (torch, dlcore):
            linear = package.nn.Linear
            net = package.nn.Sequential(linear(4, 3), linear(3, 3), linear(2, 1))
            error = RuntimeError if package is torch else dlcore.InputError
            with pytest.raises(error) as caught:
                net(package.tensor(np.zeros((5, 4), np.float32)))
            assert ("at '2' in Sequential" in str(caught.value)) == (package is dlcore)
        assert issubclass(dlcore.InputError, ValueError)

    @pytest.mark.parametrize("owner", ["nn.ReLU", "nn.MaxPool2d", "nn.Flatten"])
    def test_integers(self, torch, owner):
        """Integers are refused, with advice

        torch: some modules take them, others do not.
        dlcore: none does. The error says how to convert them.
        Why: a gradient is not an integer, and an image of bytes that was never divided by 255 is a
        common mistake. (Class numbers are integers, of course: see the costs.)
        """
        X = np.ones((1, 2, 2), np.int64)
        assert make(torch, owner)(torch.tensor(X)).dtype == torch.int64
        with pytest.raises(dlcore.InputError, match="convert it"):
            make(dlcore, owner)(X)

    def test_complex_numbers(self, torch):
        """Complex numbers are refused

        torch: has them.
        dlcore: a Tensor holds real numbers.
        Why: nothing in the book needs them.
        """
        assert torch.tensor([1j]).is_complex()
        with pytest.raises(TypeError, match="real numbers"):
            dlcore.tensor([1j])

    def test_softmax_over_nothing(self, torch):
        """Softmax and LogSoftmax need numbers to choose from

        torch: gives nothing for no numbers.
        dlcore: refuses an array with nothing along that dimension.
        Why: no probabilities over no classes add up to 1.
        """
        for name in ("Softmax", "LogSoftmax"):
            ours, theirs = getattr(nn, name)(dim=0), getattr(torch.nn, name)(dim=0)
            assert theirs(torch.zeros(0, 2)).shape == (0, 2)
            with pytest.raises(dlcore.InputError, match="numbers along dimension 0"):
                ours(np.zeros((0, 2)))

    def test_flatten_of_a_number(self, torch):
        """Flatten refuses a single number

        torch: makes an array (1,) of it.
        dlcore: says that there is no dimension to flatten.
        Why: it is hardly ever meant.
        """
        assert torch.nn.Flatten(0)(torch.tensor(1.0)).shape == (1,)
        with pytest.raises(dlcore.InputError, match="with dimensions 0 and -1"):
            nn.Flatten(0)(np.float32(1))

    def test_broadcasting_in_a_cost(self, torch):
        """MSELoss compares arrays of one shape

        torch: stretches the smaller one, and warns.
        dlcore: refuses.
        Why: scores (N, 1) against targets (N,) become N times N differences. The loss falls, and
        the net learns the mean.
        """
        X, target = np.zeros((3, 1), np.float32), np.zeros(3, np.float32)
        with pytest.warns(UserWarning, match="broadcasting"):
            torch.nn.MSELoss()(torch.tensor(X), torch.tensor(target))
        with pytest.raises(dlcore.InputError, match=r"expected shape \(3, 1\)"):
            nn.MSELoss()(X, target)

    def test_dtypes_do_not_mix(self, torch):
        """Two inputs have one dtype

        torch: converts one of them, and the loss of float32 against float64 is float64.
        dlcore: refuses, and says which one to convert.
        Why: the dtype that goes in comes out (rule 3).
        """
        X, target = np.zeros(3, np.float32), np.zeros(3)
        loss = torch.nn.MSELoss()(torch.tensor(X), torch.tensor(target))
        assert loss.dtype == torch.float64
        with pytest.raises(dlcore.InputError, match="expected float32 numbers, got float64"):
            nn.MSELoss()(X, target)

    @pytest.mark.parametrize("name", ["NLLLoss", "CrossEntropyLoss"])
    def test_class_numbers(self, torch, name):
        """Class numbers may be of any integer type

        torch: takes int64 and uint8.
        dlcore: takes int8, int16, int32 and the rest as well.
        Why: they are only used to pick a number.
        """
        X = np.zeros((1, 3), np.float32)
        for dtype in (np.int64, np.uint8, np.int8, np.int16, np.int32):
            target = np.array([2], dtype)
            assert getattr(nn, name)()(X, target).shape == ()
            theirs, tensors = getattr(torch.nn, name)(), (torch.tensor(X), torch.tensor(target))
            if dtype in (np.int64, np.uint8):
                theirs(*tensors)
            else:
                with pytest.raises(RuntimeError, match="Long or Byte"):
                    theirs(*tensors)

    @pytest.mark.parametrize("name", ["NLLLoss", "CrossEntropyLoss"])
    def test_the_target_of_one_sample(self, torch, name):
        """The target of a sample without a batch is a number

        torch: takes an array (1,) for it too.
        dlcore: takes an array (), or an int.
        Why: the target has the shape of the scores without their classes; no exceptions.
        """
        X, target = np.zeros(3, np.float32), np.array([2])
        assert getattr(torch.nn, name)()(torch.tensor(X), torch.tensor(target)).shape == ()
        with pytest.raises(dlcore.InputError, match=r"class numbers of shape \(\)"):
            getattr(nn, name)()(X, target)

    def test_class_weights_of_another_dtype(self, torch):
        """Class weights take the dtype of the scores

        torch: wants them to have it already.
        dlcore: converts them.
        Why: the weights are an option, made long before the scores are seen.
        """
        X, target, weight = np.zeros((1, 2), np.float32), np.array([1]), np.array([1.0, 2.0])
        with pytest.raises(RuntimeError, match="expected scalar type Float but found Double"):
            torch.nn.NLLLoss(torch.tensor(weight))(torch.tensor(X), torch.tensor(target))
        assert nn.NLLLoss(weight)(X, target).dtype == np.float32


class TestOptions:
    """Options that have limits"""

    @pytest.mark.parametrize(
        "owner, option",
        [
            ("nn.Linear", "in_features"),
            ("nn.Linear", "out_features"),
            ("nn.Conv2d", "in_channels"),
            ("nn.Conv2d", "out_channels"),
            ("nn.Conv2d", "kernel_size"),
        ],
    )
    def test_sizes_of_zero(self, torch, owner, option):
        """A size is at least 1

        torch: makes modules without inputs, outputs or pixels.
        dlcore: refuses a size of 0, in the constructor.
        Why: it is nearly always a slip in the line that computed the size.
        """
        names = {
            "nn.Linear": ("in_features", "out_features"),
            "nn.Conv2d": ("in_channels", "out_channels", "kernel_size"),
        }
        sizes = dict.fromkeys(names[owner], 1) | {option: 0}
        name = owner.removeprefix("nn.")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch warns that there is nothing to initialize
            getattr(torch.nn, name)(**sizes)
        with pytest.raises(ValueError, match=f"{option} should be at least 1, got 0"):
            getattr(nn, name)(**sizes)

    @pytest.mark.parametrize(
        "name, options",
        [
            ("Hardtanh", (-INF, INF)),
            ("Threshold", (INF, 0)),
            ("Threshold", (0, NAN)),
            ("Hardshrink", (INF,)),
            ("Hardshrink", (NAN,)),
        ],
    )
    def test_options_that_are_not_finite(self, torch, name, options):
        """The limits of a non-linearity are finite

        torch: takes infinity and NaN where they make no error.
        dlcore: refuses them, in the constructor.
        Why: a module that passes everything, or nothing, is better written without it.
        """
        getattr(torch.nn, name)(*options)(torch.ones(2))
        with pytest.raises(ValueError, match="should be finite"):
            getattr(nn, name)(*options)

    def test_a_wrong_option_is_refused_at_once(self, torch):
        """A wrong option is refused by the constructor

        torch: finds some of them only when the module is used.
        dlcore: finds Softshrink's negative lambd, a stride of 0, a padding that is too wide, a
        divisor of 0 and an unknown reduction where they are written.
        Why: the line to mend is then the line in the error.
        """
        for owner, options in {
            "nn.Softshrink": {"lambd": -1},
            "nn.MaxPool2d": {"stride": 0},
            "nn.LPPool2d": {"stride": 0},
            "nn.AvgPool2d": {"divisor_override": 0},
            "nn.Conv2d": {"stride": 0},
            "nn.MSELoss": {"reduction": "average"},
        }.items():
            make(torch, owner, **options)
            with pytest.raises(ValueError, match=next(iter(options))):
                make(dlcore, owner, **options)
        assert make(torch, "nn.MaxPool2d", padding=2).padding == 2
        with pytest.raises(ValueError, match="padding should be at most half"):
            make(dlcore, "nn.MaxPool2d", padding=2)

    def test_a_negative_divisor(self, torch):
        """The divisor of AvgPool2d is at least 1

        torch: divides by a negative one too.
        dlcore: refuses it.
        Why: the average of ones would be negative.
        """
        pool = torch.nn.AvgPool2d(2, divisor_override=-1)
        assert pool(torch.ones(1, 2, 2)).item() == -4
        with pytest.raises(ValueError, match="divisor_override should be at least 1, got -1"):
            nn.AvgPool2d(2, divisor_override=-1)

    @pytest.mark.parametrize("p, by_torch", [(INF, 4.0), (-1, 0.48)])
    def test_the_power_of_lp_pool(self, torch, p, by_torch):
        """The p of LPPool2d is a finite number above 0

        torch: takes infinity and negative numbers, and fails at 0 when the module is used.
        dlcore: refuses them, in the constructor.
        Why: p = infinity is MaxPool2d of |X|; the others are no norms.
        """
        X = np.array([[[1.0, 2.0], [3.0, 4.0]]], np.float32)
        assert torch.nn.LPPool2d(p, 2)(torch.tensor(X)).item() == pytest.approx(by_torch)
        with pytest.raises(ZeroDivisionError):
            torch.nn.LPPool2d(0, 2)(torch.tensor(X))
        for power in (p, 0):
            with pytest.raises(ValueError, match="norm_type should be finite and greater than 0"):
                nn.LPPool2d(power, 2)

    def test_padding_and_dilation(self, torch):
        """With dilation, MaxPool2d may have a wider padding

        torch: at most half of kernel_size.
        dlcore: at most half of what the window reaches over, dilation included.
        Why: half of a window may lie outside of the image, and dilation makes the window wider.
        """
        options = {"kernel_size": 2, "stride": 1, "padding": 2, "dilation": 3}
        X = np.ones((1, 5, 5), np.float32)
        with pytest.raises(RuntimeError, match="half of kernel size"):
            torch.nn.MaxPool2d(**options)(torch.tensor(X))
        assert nn.MaxPool2d(**options).fprop(X).tolist() == np.ones((1, 6, 6)).tolist()

    @pytest.mark.parametrize("name", ["Softmax", "LogSoftmax"])
    def test_dim_none(self, torch, name):
        """Softmax and LogSoftmax want to know their dim

        torch: guesses it from the shape of the input, and warns.
        dlcore: raises NotImplementedError in the constructor.
        Why: the wrong dimension gives numbers that look right.
        """
        with pytest.warns(UserWarning, match="Implicit dimension choice"):
            getattr(torch.nn, name)()(torch.zeros(2, 3))
        with pytest.raises(NotImplementedError, match="dim=None"):
            getattr(nn, name)()

    def test_functions_without_their_last_options(self, torch):
        """Functions lack some of torch's last options

        torch: `F.softmax(x, dim, dtype=...)` converts first.
        dlcore: has no such argument, so Python raises TypeError, and names it.
        Why: convert the array before.
        """
        X = np.zeros((1, 2), np.float32)
        for name in ("softmax", "log_softmax"):
            theirs = getattr(torch.nn.functional, name)
            assert theirs(torch.tensor(X), 1, dtype=torch.float64).dtype == torch.float64
            with pytest.raises(TypeError, match="dtype"):
                getattr(F, name)(X, 1, dtype=np.float64)


class TestLacking:
    """Options that dlcore does not have

    Each is in the constructor, where torch has it, and raises NotImplementedError that names it.
    """

    @pytest.mark.parametrize(
        "owner, option, value",
        [
            ("nn.Hardtanh", "inplace", True),
            ("nn.ReLU", "inplace", True),
            ("nn.Threshold", "inplace", True),
        ],
    )
    def test_inplace(self, torch, owner, option, value):
        """inplace

        torch: overwrites the input, to save memory.
        dlcore: never writes into its input (rule 1).
        Why: who holds the array still needs its numbers, on the way back for instance.
        """
        agree_to_refuse(torch, owner, option, value)

    @pytest.mark.parametrize(
        "owner, option, value",
        [
            ("nn.AvgPool2d", "ceil_mode", True),
            ("nn.LPPool2d", "ceil_mode", True),
            ("nn.MaxPool2d", "ceil_mode", True),
            ("nn.MaxPool2d", "return_indices", True),
            ("nn.Conv2d", "padding_mode", "reflect"),
        ],
    )
    def test_windows(self, torch, owner, option, value):
        """ceil_mode, return_indices, padding_mode

        torch: windows that hang over the end of the image; where each maximum was; borders that
        repeat or mirror the image.
        dlcore: windows lie inside, and a border is zero (minus infinity for a maximum).
        Why: each would take more lines than the formula.
        """
        agree_to_refuse(torch, owner, option, value)

    @pytest.mark.parametrize(
        "owner, option, value", [("nn.Conv2d", "device", "cpu"), ("nn.Linear", "device", "cpu")]
    )
    def test_device(self, torch, owner, option, value):
        """device

        torch: where the parameters are made, "cpu" or "cuda" for instance.
        dlcore: they are NumPy arrays.
        Why: NumPy has one device. `dlcore.interop.to_torch` takes a net to the others.
        """
        agree_to_refuse(torch, owner, option, value)

    @pytest.mark.parametrize(
        "owner, option, value",
        [("nn.Conv2d", "dtype", "float64"), ("nn.Linear", "dtype", "float64")],
    )
    def test_dtype(self, torch, owner, option, value):
        """dtype

        torch: the dtype of the parameters.
        dlcore: it is float32.
        Why: `module.double()` converts a whole net at once.
        """
        agree_to_refuse(torch, owner, option, value, by_torch=getattr(torch, value))

    @pytest.mark.parametrize(
        "owner, option, value",
        [
            ("nn.CrossEntropyLoss", "reduce", False),
            ("nn.CrossEntropyLoss", "size_average", False),
            ("nn.Hardtanh", "max_value", 2),
            ("nn.Hardtanh", "min_value", -2),
            ("nn.MSELoss", "reduce", False),
            ("nn.MSELoss", "size_average", False),
            ("nn.NLLLoss", "reduce", False),
            ("nn.NLLLoss", "size_average", False),
        ],
    )
    def test_old_names(self, torch, owner, option, value):
        """size_average, reduce, min_value, max_value

        torch: takes these old names of `reduction`, `min_val` and `max_val`, and warns.
        dlcore: refuses them.
        Why: the new names say the same.
        """
        with pytest.warns((UserWarning, FutureWarning)):
            make(torch, owner, **{option: value})
        with pytest.raises(NotImplementedError, match=f"dlcore does not have {option}="):
            make(dlcore, owner, **{option: value})

    @pytest.mark.parametrize(
        "owner, option, value", [("nn.CrossEntropyLoss", "label_smoothing", 0.1)]
    )
    def test_label_smoothing(self, torch, owner, option, value):
        """label_smoothing

        torch: mixes the target with the mean over all classes.
        dlcore: the target is one class.
        Why: it is a regularizer inside a cost, and the book does not treat it.
        """
        agree_to_refuse(torch, owner, option, value)

    @pytest.mark.parametrize(
        "owner, option, value",
        [
            ("optim.Adam", "capturable", True),
            ("optim.Adam", "decoupled_weight_decay", True),
            ("optim.Adam", "differentiable", True),
            ("optim.Adam", "foreach", True),
            ("optim.Adam", "fused", True),
            ("optim.SGD", "differentiable", True),
            ("optim.SGD", "foreach", True),
            ("optim.SGD", "fused", True),
        ],
    )
    def test_optimizers(self, torch, owner, option, value):
        """foreach, fused, capturable, differentiable, decoupled_weight_decay

        torch: ways to make a step faster on a GPU, a step through which gradients can flow, and
        the weight decay of AdamW.
        dlcore: one way to make a step.
        Why: the loop over the parameters is what a reader wants to see.
        """
        agree_to_refuse(torch, owner, option, value)


class TestTape:
    """Tensors and the way back"""

    def test_gradients_are_arrays(self, torch):
        """A gradient is an array

        torch: `x.grad` is a tensor, and so is what `backward` takes. A second backward adds to
        `x.grad` in place.
        dlcore: both are NumPy arrays. A second backward puts a new one there.
        Why: nobody who kept the first one is surprised.
        """
        for package in (torch, dlcore):
            x = package.tensor([1.0], requires_grad=True)
            (x + x).backward()
            first = x.grad
            (x + x).backward()
            assert x.grad.item() == 4
            assert first.item() == (4 if package is torch else 2)
        assert isinstance(first, np.ndarray)
        x = torch.tensor([1.0], requires_grad=True)
        with pytest.raises(TypeError):
            (x + x).backward(np.ones(1, np.float32))
        x = dlcore.tensor([1.0], requires_grad=True)
        (x + x).backward(np.ones(1, np.float32))

    def test_a_second_backward(self, torch):
        """A second backward through the same tape always raises

        torch: raises if a module on the way needs saved numbers, and works where none does.
        dlcore: raises always.
        Why: whether it works should not depend on which modules were used.
        """
        for package in (torch, dlcore):
            x = package.tensor([1.0], requires_grad=True)
            y = x + x
            y.backward()
            if package is torch:
                y.backward()
            else:
                with pytest.raises(RuntimeError, match="go forward again"):
                    y.backward()

    @pytest.mark.parametrize("option", ["retain_graph", "create_graph"])
    def test_options_of_backward(self, torch, option):
        """backward has no retain_graph and no create_graph

        torch: can keep the tape for another sweep, or record the sweep itself.
        dlcore: takes a gradient and nothing else; Python raises TypeError.
        Why: a step is undone once. That is all that the recurrence needs.
        """
        x = torch.tensor([1.0], requires_grad=True)
        (x + x).backward(gradient=torch.ones(1), **{option: False})
        x = dlcore.tensor([1.0], requires_grad=True)
        with pytest.raises(TypeError, match=option):
            (x + x).backward(np.ones(1), **{option: False})

    def test_arithmetic(self, torch):
        """Tensors can be added, and nothing else

        torch: all of Python's operators.
        dlcore: `a + b` of one shape and one dtype. `a == b` is an error.
        Why: every step is a module with an fprop and a bprop that one can read. There is one for
        adding (L39); for another, write it.
        """
        for package in (torch, dlcore):
            x = package.tensor([2.0, 3.0], requires_grad=True)
            assert np.array_equal((x + x).detach().numpy(), [4, 6])
            for operate in (
                lambda x: x * x,
                lambda x: x - x,
                lambda x: x + 1,
                lambda x: -x,
                lambda x: x @ x,
                lambda x: x[0],
                lambda x: x > 0,
            ):
                if package is torch:
                    operate(x)
                else:
                    with pytest.raises((TypeError, dlcore.InputError)):
                        operate(x)
        assert isinstance(torch.ones(1) == torch.ones(1), torch.Tensor)
        with pytest.raises(TypeError, match="equal numbers"):
            _ = dlcore.tensor([1.0]) == dlcore.tensor([1.0])

    def test_methods_of_tensors(self, torch):
        """A Tensor has few methods

        torch: hundreds.
        dlcore: those that the lecture's listings use, and what makes an array of it.
        Why: `x.data` has all the others, and what is to be differentiated is a module. The error
        says what to write.
        """
        names = ["clone", "mean", "numel", "reshape", "requires_grad_", "size", "sum", "to"]
        for name in names:
            assert hasattr(torch.ones(1), name)
            assert not hasattr(dlcore.tensor([1.0]), name)
        assert len(dir(torch.Tensor)) > 300

    def test_view_may_copy(self, torch):
        """View takes any array

        torch: `view` raises where the numbers do not lie one after another in memory.
        dlcore: copies them then.
        Why: it spares the reader the difference between `view` and `reshape`.
        """
        X = np.arange(6.0).reshape(2, 3).T
        with pytest.raises(RuntimeError, match="view size is not compatible"):
            torch.tensor(np.arange(6.0).reshape(2, 3)).T.view(6)
        assert dlcore.tensor(X).view(6).data.tolist() == [0, 3, 1, 4, 2, 5]

    def test_shapes_as_tuples(self, torch):
        """A shape is written as numbers

        torch: `randn((2, 3))` and `x.view((3, 2))` work as well.
        dlcore: `randn(2, 3)` and `x.view(3, 2)`.
        Why: one way is enough.
        """
        assert torch.randn((2, 3)).view((3, 2)).shape == (3, 2)
        with pytest.raises(TypeError):
            dlcore.randn((2, 3))
        with pytest.raises(TypeError):
            dlcore.randn(2, 3).view((3, 2))

    def test_lists_of_numpy_numbers(self, torch):
        """A list of NumPy's numbers gives float32

        torch: `tensor([np.float64(1)])` is float64.
        dlcore: a list gives float32, int64 or bool; an array keeps its dtype.
        Why: what is in a list is hard to see in a notebook.
        """
        assert torch.tensor([np.float64(1)]).dtype == torch.float64
        assert dlcore.tensor([np.float64(1)]).dtype == np.float32

    def test_memory_layout(self, torch):
        """Outputs of Linear and Conv2d may lie in memory in another order

        torch: a sample after the other.
        dlcore: the samples side by side. The shapes are the same.
        Why: the samples are the columns of a matrix, as the lecture writes it, and the products of
        a convolution are faster so.
        """
        for layer, shape in (("Linear", (4, 3)), ("Conv2d", (4, 3, 2, 2))):
            X = np.ones(shape, np.float32)
            theirs, ours = getattr(torch.nn, layer)(3, 2, 1), getattr(nn, layer)(3, 2, 1)
            assert theirs(torch.tensor(X)).is_contiguous()
            assert not ours(X).data.flags.c_contiguous

    def test_no_grad_without_brackets(self, torch):
        """no_grad is written with brackets

        torch: `@no_grad` works like `@no_grad()`.
        dlcore: `@no_grad()`, or `with no_grad():`.
        Why: it is a plain context manager, made with the standard library.
        """
        assert torch.no_grad(lambda: 1)() == 1
        with pytest.raises(TypeError):
            dlcore.no_grad(lambda: 1)

    def test_how_a_tensor_is_printed(self, torch):
        """A Tensor prints the module that made it

        torch: `grad_fn=<TanhBackward0>`, and numbers with four digits.
        dlcore: `module=Tanh`, and as many digits as NumPy shows.
        Why: the module is what goes back, and it has a name that the reader knows.
        """
        x = torch.tensor([0.5], requires_grad=True)
        assert repr(torch.nn.Tanh()(x)) == "tensor([0.4621], grad_fn=<TanhBackward0>)"
        x = dlcore.tensor([0.5], requires_grad=True)
        assert repr(nn.Tanh()(x)).endswith("module=Tanh)")


class TestModules:
    """Modules"""

    def test_lists_of_modules(self, torch):
        """Modules in a list are found

        torch: needs a ModuleList, and forgets what is in a plain list without a word.
        dlcore: looks into lists and tuples. The names are those of a ModuleList, `layers.0.weight`.
        Why: a parameter that is never trained is a hard mistake to find.
        """
        for package in (torch, dlcore):

            class Net(package.nn.Module):
                def __init__(self, linear=package.nn.Linear):
                    super().__init__()
                    self.layers = [linear(1, 1, bias=False)]

            found = [name for name, _ in Net().named_parameters()]
            assert found == ([] if package is torch else ["layers.0.weight"])

    def test_super_init(self, torch):
        """A module need not call super().__init__()

        torch: raises where it is forgotten.
        dlcore: Module has no constructor; calling it does no harm.
        Why: one line less in every class of the book.
        """
        for package in (torch, dlcore):

            class Net(package.nn.Module):
                def __init__(self, linear=package.nn.Linear):
                    self.layer = linear(1, 1, bias=False)

            if package is torch:
                with pytest.raises(AttributeError, match=r"before Module\.__init__"):
                    Net()
            else:
                assert [name for name, _ in Net().named_parameters()] == ["layer.weight"]

    def test_named_modules_in_a_dict(self, torch):
        """Sequential takes any dict

        torch: takes an OrderedDict.
        dlcore: takes a dict, whose order is that of its lines.
        Why: Python's dicts keep their order.
        """
        with pytest.raises(TypeError, match="not a Module subclass"):
            torch.nn.Sequential({"squash": torch.nn.Tanh()})
        assert [name for name, _ in nn.Sequential({"squash": nn.Tanh()}).named_children()] == [
            "squash"
        ]

    def test_children_in_several_places(self, torch):
        """named_children names every place

        torch: names a module once, also where it stands in two places.
        dlcore: names both places; `named_modules` and `named_parameters` name each module once.
        Why: a cascade with the same module twice has two steps.
        """
        for package in (torch, dlcore):
            tanh = package.nn.Tanh()
            names = [name for name, _ in package.nn.Sequential(tanh, tanh).named_children()]
            assert names == (["0"] if package is torch else ["0", "1"])

    def test_state_dict_copies(self, torch):
        """state_dict gives copies, as arrays

        torch: gives the parameters themselves: what is kept changes when the net learns on.
        dlcore: gives copies, as NumPy arrays under torch's keys.
        Why: one keeps the weights of before to compare them with those of after.
        """
        theirs, ours = torch.nn.Linear(1, 1), nn.Linear(1, 1)
        theirs.state_dict()["weight"][:] = 7
        ours.state_dict()["weight"][:] = 7
        assert theirs.weight.item() == 7
        assert ours.weight.item() != 7

    def test_loading_is_all_or_nothing(self, torch):
        """load_state_dict changes nothing when something is wrong

        torch: raises RuntimeError, and has loaded what fitted by then.
        dlcore: raises KeyError or ValueError before it touches anything.
        Why: a net that is half loaded looks like a net.
        """
        state = {"weight": np.full((1, 2), 7, np.float32), "bias": np.zeros(3, np.float32)}
        theirs, ours = torch.nn.Linear(2, 1), nn.Linear(2, 1)
        with pytest.raises(RuntimeError, match="size mismatch"):
            theirs.load_state_dict({name: torch.tensor(array) for name, array in state.items()})
        with pytest.raises(ValueError, match="bias"):
            ours.load_state_dict(state)
        assert theirs.weight.tolist() == [[7, 7]]
        assert 7 not in ours.weight.data

    def test_loading_all_keys(self, torch):
        """load_state_dict has no strict=False

        torch: can leave out keys, and reports which.
        dlcore: every key has to be there, and no other.
        Why: take the keys you want from two dicts: `net.state_dict() | some_of_them`.
        """
        torch.nn.Linear(1, 1).load_state_dict({}, strict=False)
        with pytest.raises(TypeError, match="strict"):
            nn.Linear(1, 1).load_state_dict({}, strict=False)

    def test_methods_of_modules(self, torch):
        """A Module has few methods

        torch: devices, hooks, half precision, and more.
        dlcore: what the book and the lecture's listings use.
        Why: see `dir(nn.Module)`: it can be read in an evening. To freeze a parameter, set its
        `requires_grad`; a buffer is an attribute that the class names in `buffers`.
        """
        names = ["apply", "children", "half", "modules", "register_buffer", "requires_grad_", "to"]
        for name in [*names, "register_forward_hook"]:
            assert hasattr(torch.nn.Linear(1, 1), name)
            assert not hasattr(nn.Linear(1, 1), name)


class TestOptimizers:
    """Optimizers"""

    @pytest.mark.parametrize("name", ["SGD", "Adam"])
    def test_a_step_without_gradients(self, torch, name):
        """step raises when no parameter has a gradient

        torch: does nothing, and says nothing.
        dlcore: raises RuntimeError. A parameter without a gradient among others is skipped, as in
        torch.
        Why: someone forgot `backward()`, or built the optimizer for another net.
        """
        getattr(torch.optim, name)(torch.nn.Linear(1, 1).parameters()).step()
        with pytest.raises(RuntimeError, match="call backward"):
            getattr(optim, name)(nn.Linear(1, 1).parameters()).step()

    @pytest.mark.parametrize("name", ["SGD", "Adam"])
    def test_new_arrays(self, torch, name):
        """step gives each parameter a new array

        torch: changes the numbers in place.
        dlcore: who holds the old array keeps the old numbers.
        Why: what was kept of a net, to draw or to compare, stays as it was.
        """
        for package in (torch, dlcore):
            p = package.nn.Parameter(package.tensor([1.0]))
            before = p.data
            (p + p).backward()
            getattr(package.optim, name)([p], lr=0.25).step()
            assert p.item() < 1
            assert (before.item() < 1) == (package is torch)

    @pytest.mark.parametrize("name", ["SGD", "Adam"])
    def test_parameter_groups(self, torch, name):
        """There are no parameter groups

        torch: groups with options of their own; the rate is in `optimizer.param_groups[0]["lr"]`.
        dlcore: takes Tensors only. The rate is `optimizer.lr`, and may be changed between steps.
        Why: two optimizers do for two rates.
        """
        weights = [torch.nn.Parameter(torch.ones(1))]
        optimizer = getattr(torch.optim, name)([{"params": weights, "lr": 0.5}])
        assert optimizer.param_groups[0]["lr"] == 0.5
        weights = [nn.Parameter(np.ones(1))]
        with pytest.raises(TypeError, match="expected Tensors"):
            getattr(optim, name)([{"params": weights, "lr": 0.5}])
        assert getattr(optim, name)(weights, lr=0.5).lr == 0.5

    @pytest.mark.parametrize("name", ["SGD", "Adam"])
    def test_what_an_optimizer_cannot_do(self, torch, name):
        """An optimizer steps and forgets gradients, and that is all

        torch: also saves its state, takes named parameters, calls a closure, and can set gradients
        to zeros in place of None.
        dlcore: `step()` and `zero_grad()`.
        Why: nothing in the book needs the rest.
        """
        net = torch.nn.Linear(1, 1)
        theirs = getattr(torch.optim, name)(net.named_parameters())
        theirs.zero_grad(set_to_none=False)
        assert theirs.step(lambda: 3) == 3
        assert "state" in theirs.state_dict()
        with pytest.raises(TypeError, match="expected Tensors"):
            getattr(optim, name)(nn.Linear(1, 1).named_parameters())
        ours = getattr(optim, name)(nn.Linear(1, 1).parameters())
        with pytest.raises(TypeError, match="set_to_none"):
            ours.zero_grad(set_to_none=False)
        with pytest.raises(TypeError, match="positional argument"):
            ours.step(lambda: 3)
        assert not hasattr(ours, "state_dict")
