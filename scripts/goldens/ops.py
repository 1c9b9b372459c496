#!/usr/bin/env python3
"""Goldens of the engine: each operation on small inputs, its results and the gradients of its float inputs.

    /usr/bin/python3 scripts/goldens/ops.py        # PyTorch 1.13.1 (Debian's python3-torch)

writes tests/FineTune.Torch.Tests/Goldens/ops.json. A case is named as in tests/FineTune.Torch.Tests/Parity/*.cs, with the
variant of its inputs behind an @. A tensor is its type, sizes, strides and the numbers of its storage. The gradient is that of
sum(w * result) with w = ((0, 1, 2, ...) mod 7 - 3) / 4 in row-major order, over all float results that require one.
"""
import json
import os
import tempfile

import torch
import torch.nn.functional as F

CASES = []
NAMES = {torch.float32: "f4", torch.float64: "f8", torch.int64: "i8", torch.int32: "i4", torch.uint8: "u1", torch.bool: "b1",
         torch.bfloat16: "bf", torch.float16: "f2"}


def text(v, double):
    if v != v:
        return "NaN"
    if v in (float("inf"), float("-inf")):
        return "Infinity" if v > 0 else "-Infinity"
    return repr(v) if double else "%.9g" % v


def record(t):
    t = t.detach()
    item = {"d": NAMES[t.dtype], "s": list(t.shape)}
    if not t.is_contiguous():
        item["t"] = list(t.stride())
        size = 1 + sum((n - 1) * s for n, s in zip(t.shape, t.stride())) if t.numel() else 0
        t = t.as_strided([size], [1])
    values = t.double() if t.dtype.is_floating_point else t.long()
    item["v"] = " ".join((text(v, t.dtype == torch.float64) if t.dtype.is_floating_point else str(v)) for v in values.reshape(-1).tolist())
    return item


def case(name, fn, *inputs, grad=True, tol=None, seed=None):
    if seed is not None:
        torch.manual_seed(seed)
    leaves = [x.detach().clone() if x.is_contiguous() else x.detach() for x in inputs]
    wants = [grad and x.dtype in (torch.float32, torch.float64) and not hasattr(x, "constant") for x in inputs]
    leaves = [x.requires_grad_() if w else x for x, w in zip(leaves, wants)]
    entry = {"name": name, "in": [record(x) for x in leaves]}
    out = fn(*leaves)
    out = list(out) if isinstance(out, (tuple, list)) else [out]
    entry["out"] = [record(o) for o in out]
    tops = [o for o in out if o.requires_grad]
    if tops:
        ws = [(((torch.arange(o.numel()) % 7) - 3) / 4).to(o.dtype).reshape(o.shape) for o in tops]
        g = torch.autograd.grad(tops, [x for x, w in zip(leaves, wants) if w], ws, allow_unused=True)
        g = iter(g)
        entry["grad"] = [(lambda d: None if d is None else record(d.contiguous()))(next(g)) if w else None for w in wants]
    if seed is not None:
        entry["seed"] = seed
    if tol is not None:
        entry["tol"] = tol
    assert name not in [c["name"] for c in CASES], name
    CASES.append(entry)


torch.manual_seed(7)


def rnd(*shape, dtype=torch.float32):
    return ((torch.randn(list(shape)) * 100).round() / 100).to(dtype)


def weights(n):
    """Weights of classes, by which a loss cannot be differentiated."""
    w = pos(n)
    w.constant = True
    return w


def pos(*shape):
    return rnd(*shape).abs() + 0.25


def ints(high, *shape, low=0):
    return torch.randint(low, high, shape)


def bits(*shape):
    return torch.rand(*shape) > 0.5


def strided(x):
    """The same numbers with the first and last dimension swapped in memory."""
    return x.transpose(0, -1).contiguous().transpose(0, -1)


def method(name, *a, **k):
    return lambda x, *more: getattr(x, name)(*more, *a, **k)


def in_place(name, *a, **k):
    return lambda x, *more: getattr(x.clone(), name)(*more, *a, **k)


# ---- elementwise
for n in "abs exp exp2 expm1 log log2 log10 log1p sqrt rsqrt neg sign floor ceil trunc sin cos tan tanh sigmoid relu square reciprocal erf".split():
    make = pos if n.startswith("log") or n in ("sqrt", "rsqrt", "reciprocal") else rnd
    case(n, method(n), make(2, 3))
    case(n + "@scalar", method(n), make())
    case(n + "@strided", method(n), strided(make(3, 2)))
for n in "abs exp sqrt relu".split():
    case(n + "@empty", method(n), torch.empty(0, 3))
for n in "log sqrt reciprocal sign relu exp".split():
    case(n + "@special", method(n), torch.tensor([float("nan"), float("inf"), float("-inf"), 0.0, -1.0]), grad=False)
for n in "abs_ exp_ log_ sqrt_ rsqrt_ neg_ floor_ ceil_ tanh_ sigmoid_ relu_".split():
    make = pos if n in ("log_", "sqrt_", "rsqrt_") else rnd
    case(n, in_place(n), make(2, 3))
for n in "abs neg square sign".split():
    case(n + "@int", method(n), ints(5, 4, low=-5))
for n in "mul add sub".split():
    case(n, method(n), rnd(2, 3), rnd(2, 3))
    case(n + "@broadcast", method(n), rnd(2, 1, 3), rnd(4, 1))
    case(n + "@scalar", method(n), rnd(), rnd(2))
    case(n + "@empty", method(n), torch.empty(0, 3), rnd(3))
    case(n + "@strided", method(n), strided(rnd(3, 2)), rnd(3, 2))
    case(n + "@int", method(n), ints(9, 3), ints(9, 3))
    case(n + "@mixed", method(n), rnd(3), ints(9, 3))
    case(n + "_", in_place(n + "_"), rnd(2, 3), rnd(3))
    case(n + ".number", method(n, 1.5), rnd(2, 3))
    case(n + "_.number", in_place(n + "_", 1.5), rnd(2, 3))
    case(n + ".whole", method(n, 2), ints(9, 3))
case("add.alpha", lambda a, b: a.add(b, alpha=0.5), rnd(2, 3), rnd(3))
case("add_.alpha", lambda a, b: a.clone().add_(b, alpha=-2), rnd(2, 3), rnd(3))
case("div", method("div"), rnd(2, 3), pos(3))
case("div@int", method("div"), ints(9, 4), ints(9, 4, low=1))
case("div.number", method("div", 4), rnd(2, 3))
case("div_", in_place("div_"), rnd(2, 3), pos(2, 3))
case("div_.number", in_place("div_", 3.0), rnd(2, 3))
for m in ("floor", "trunc"):
    case("div." + m, method("div", rounding_mode=m), ints(19, 6, low=-19), ints(5, 6, low=1))
    case("div.number." + m, method("div", 4, rounding_mode=m), ints(19, 6, low=-19))
    case("div_." + m, in_place("div_", rounding_mode=m), rnd(2, 3) * 5, pos(2, 3), grad=False)
    case("div_.number." + m, in_place("div_", 0.5, rounding_mode=m), rnd(2, 3), grad=False)
for n in "eq ne lt le gt ge".split():
    case(n, method(n), ints(3, 2, 3), ints(3, 3))
    case(n + ".number", method(n, 0.5), torch.tensor([0.5, -1, 2, float("nan")]), grad=False)
for n in "isnan isinf isfinite".split():
    case(n, method(n), torch.tensor([float("nan"), float("inf"), float("-inf"), 0.0]), grad=False)
for n in "logical_and logical_or logical_xor".split():
    case(n, method(n), bits(2, 4), bits(4))
for n in "maximum minimum".split():
    case(n, method(n), rnd(2, 3), rnd(2, 3))
    case(n + "@nan", method(n), torch.tensor([1.0, float("nan")]), torch.tensor([float("nan"), 2.0]), grad=False)
case("matmul", method("matmul"), rnd(2, 3), rnd(3, 4), tol=1e-5)
case("matmul@batch", method("matmul"), rnd(2, 1, 2, 3), rnd(3, 3, 2), tol=1e-5)
case("matmul@vector", method("matmul"), rnd(2, 3), rnd(3), tol=1e-5)
case("matmul@dot", method("matmul"), rnd(3), rnd(3), tol=1e-5)
case("matmul@strided", method("matmul"), strided(rnd(2, 3)), strided(rnd(3, 4)), tol=1e-5)
case("matmul@empty", method("matmul"), torch.empty(2, 0), torch.empty(0, 3))
case("mm", method("mm"), rnd(2, 3), rnd(3, 2), tol=1e-5)
case("bmm", method("bmm"), rnd(2, 2, 3), rnd(2, 3, 2), tol=1e-5)
case("dot", method("dot"), rnd(5), rnd(5), tol=1e-5)
case("pow.number", method("pow", 3), rnd(2, 3))
case("pow.root", method("pow", 0.5), pos(2, 3))
case("pow", method("pow"), pos(2, 3), rnd(3))
for n in ("addcmul", "addcdiv"):
    case(n, lambda a, b, c, n=n: getattr(a, n)(b, c, value=0.5), rnd(2, 3), rnd(3), pos(2, 1))
    case(n + "_", lambda a, b, c, n=n: getattr(a.clone(), n + "_")(b, c, value=-2), rnd(2, 3), rnd(3), pos(2, 1))
case("lerp", method("lerp"), rnd(2, 3), rnd(2, 3), rnd(2, 3))
case("lerp_", in_place("lerp_"), rnd(2, 3), rnd(2, 3), rnd(2, 3))
case("addmm", method("addmm"), rnd(2), rnd(3, 4), rnd(4, 2), tol=1e-5)
case("addmm.scaled", lambda a, b, c: a.addmm(b, c, beta=0.5, alpha=2), rnd(3, 2), rnd(3, 4), rnd(4, 2), tol=1e-5)
case("clamp", method("clamp", -0.5, 0.5), rnd(3, 3))
case("clamp.min", method("clamp", min=0), rnd(3, 3))
case("clamp.max", method("clamp", max=0.25), rnd(3, 3))
case("clamp_", in_place("clamp_", -0.5, 0.5), rnd(3, 3))
case("clamp_min", method("clamp_min", -0.1), rnd(3, 3))
case("clamp_max", method("clamp_max", 0.1), rnd(3, 3))
case("where.method", lambda a, c, b: a.where(c, b), rnd(2, 3), bits(2, 3), rnd(3))
case("masked_fill", lambda a, m: a.masked_fill(m, -1.5), rnd(2, 3), bits(3))
case("masked_fill_", lambda a, m: a.clone().masked_fill_(m, 2), rnd(2, 3), bits(2, 3))
case("leaky_relu", lambda x: F.leaky_relu(x, 0.1), rnd(2, 3))
case("leaky_relu_", lambda x: F.leaky_relu_(x.clone(), 0.2), rnd(2, 3))
for n in ("softmax", "log_softmax"):
    case(n, method(n, -1), rnd(2, 4))
    case(n + ".first", method(n, 0), rnd(2, 4))
    case(n + ".double", method(n, 1, torch.float64), rnd(2, 4))
    case(n + "@large", method(n, -1), torch.tensor([[1000.0, 999.0, -1000.0]]))
case("fill_", in_place("fill_", 2.5), rnd(2, 2))
case("zero_", in_place("zero_"), rnd(2, 2))
case("allclose", lambda a, b: torch.tensor([a.allclose(b), a.allclose(b, 0.1, 0), a.allclose(a), (a / 0).allclose(a / 0), (a / 0).allclose(a / 0, equal_nan=True)]),
     torch.tensor([1.0, 0.0]), torch.tensor([1.05, 0.0]), grad=False)

# ---- reductions
for n in "sum mean".split():
    case(n, method(n), rnd(2, 3))
    case(n + "@scalar", method(n), rnd())
    case(n + "@empty", method(n), torch.empty(0, 2))
    case(n + "@strided", method(n), strided(rnd(2, 3, 2)))
    case(n + ".dims", method(n, [0, -1]), rnd(2, 3, 2))
    case(n + ".keep", method(n, [1], keepdim=True), rnd(2, 3, 2))
    case(n + ".double", method(n, [0], dtype=torch.float64), rnd(2, 3))
case("sum@bool", method("sum"), bits(7))
case("sum.dim", method("sum", -2), rnd(2, 3, 2))
case("sum.type", method("sum", dtype=torch.float64), rnd(3))
for n in "var std".split():
    case(n, method(n), rnd(2, 3))
    case(n + ".biased", method(n, False), rnd(2, 3))
    case(n + ".dims", method(n, [0, 2], unbiased=True, keepdim=False), rnd(2, 3, 2))
    case(n + ".keep", method(n, [-1], unbiased=False, keepdim=True), rnd(2, 3))
case("norm", method("norm"), rnd(2, 3))
case("norm.one", method("norm", 1), rnd(2, 3))
case("norm.most", method("norm", float("inf")), rnd(2, 3))
for n in "argmax argmin".split():
    case(n, method(n), rnd(2, 5))
    case(n + ".dim", method(n, -1), rnd(2, 5))
    case(n + ".keep", method(n, 0, keepdim=True), rnd(2, 5))
for n in "max min".split():
    case(n, method(n), rnd(2, 5))
    case(n + ".dim", method(n, 1), rnd(2, 5))
    case(n + ".keep", method(n, -2, keepdim=True), rnd(2, 5))
    case("a" + n, method("a" + n, [0, -1]), rnd(2, 3, 2))
for k in ("topk",):
    case("topk", method("topk", 2), rnd(2, 5))
    case("topk.least", method("topk", 3, 0, largest=False), rnd(5, 2))
case("sort", method("sort"), rnd(2, 5))
case("sort.down", method("sort", 0, descending=True), rnd(4, 2))
case("sort.stable", lambda x: x.sort(dim=-1, stable=True), ints(3, 9))
case("argsort", method("argsort", 0, descending=True), rnd(5, 2))
case("prod", method("prod"), rnd(2, 3))
case("prod.dim", method("prod", -1, keepdim=True), rnd(2, 3))
case("prod.type", method("prod", 0, dtype=torch.float64), rnd(2, 3))
case("norm.dim", method("norm", dim=1, keepdim=True), rnd(2, 3))
case("diagonal", method("diagonal", 1, -1, 0), rnd(3, 3))
case("cumsum", method("cumsum", -1), rnd(2, 4))
case("cumsum.type", method("cumsum", 0, dtype=torch.float64), rnd(3, 2))
for n in "all any".split():
    case(n, method(n), bits(2, 3))
    case(n + "@empty", method(n), torch.empty(0, dtype=torch.bool))
    case(n + ".dim", method(n, -1), bits(3, 3))
    case(n + ".keep", method(n, 0, keepdim=True), bits(2, 3))
case("logsumexp", method("logsumexp", -1), rnd(2, 4))
case("logsumexp.keep", method("logsumexp", 0, keepdim=True), rnd(2, 4))

# ---- shape
case("T", lambda x: x.T, rnd(2, 3))
case("t", method("t"), rnd(2, 3))
case("view", method("view", 3, -1), rnd(2, 3))
case("view_as", lambda x, y: x.view_as(y), rnd(2, 3), rnd(6))
case("reshape", method("reshape", 3, -1), rnd(2, 3))
case("reshape@strided", method("reshape", 3, -1), strided(rnd(2, 3)))
case("flatten", method("flatten"), rnd(2, 3, 2))
case("flatten.some", method("flatten", 1, -1), rnd(2, 3, 2))
case("flatten@scalar", method("flatten"), rnd())
case("squeeze", method("squeeze"), rnd(1, 2, 1))
case("squeeze.dim", method("squeeze", -1), rnd(1, 2, 1))
case("unsqueeze", method("unsqueeze", -1), rnd(2, 3))
case("permute", method("permute", 2, 0, -2), rnd(2, 3, 2))
case("transpose", method("transpose", 0, -1), rnd(2, 3, 2))
case("expand", method("expand", 2, 3, -1), rnd(3, 1).expand(3, 1))
case("expand_as", lambda x, y: x.expand_as(y), rnd(3, 1), rnd(2, 3, 2))
case("repeat", method("repeat", 2, 1, 2), rnd(2, 2))
case("narrow", method("narrow", -1, 1, 2), rnd(2, 4))
case("slice", lambda x: x[:, 1:7:2], rnd(2, 6))
case("select", method("select", -1, -2), rnd(2, 3))
case("index_select", method("index_select", 1, torch.tensor([2, 0, 2])), rnd(2, 3))
case("gather", lambda x, i: x.gather(1, i), rnd(2, 3), ints(3, 2, 4))
case("scatter_", lambda x, i, s: x.clone().scatter_(1, i, s), rnd(2, 4), torch.tensor([[0, 2], [3, 1]]), rnd(2, 2))
case("scatter_add_", lambda x, i, s: x.clone().scatter_add_(0, i, s), rnd(3, 2), ints(3, 4, 2), rnd(4, 2))
case("masked_select", method("masked_select"), rnd(2, 3), bits(2, 3))
case("nonzero", method("nonzero"), ints(2, 2, 4))
case("chunk", method("chunk", 3, 1), rnd(2, 7))
case("split", method("split", 2, 0), rnd(5, 2))
case("split.sizes", method("split", [1, 3], -1), rnd(2, 4))
case("unbind", method("unbind", 1), rnd(2, 3))
case("flip", method("flip", 0, -1), rnd(2, 3))
case("roll", method("roll", [1, -1], [0, 1]), rnd(2, 3))
case("as_strided", method("as_strided", [2, 2], [1, 2], 1), rnd(6))
case("unfold", method("unfold", -1, 3, 2), rnd(2, 7))
case("tril", method("tril", -1), rnd(3, 3))
case("triu", method("triu", 1), rnd(3, 3))

# ---- indexing
case("index.number", lambda x: x[-1], rnd(2, 3))
case("index.numbers", lambda x: x[1, -2], rnd(2, 3))
case("index.parts", lambda x: x[..., None, 1:, 0], rnd(2, 3, 2))
case("index.steps", lambda x: x[::2, :-1], rnd(5, 3))
case("index.tensor", lambda x, i: x[:, i], rnd(2, 4), torch.tensor([3, 0, 3]))
case("index.pairs", lambda x, i, j: x[i, j], rnd(3, 4), torch.tensor([0, 2, 1]), torch.tensor([3, 3, 0]))
case("index.mask", lambda x, m: x[m], rnd(2, 3), bits(2, 3))
case("index.apart", lambda x, i, j: x[i, :, j], rnd(3, 2, 4), torch.tensor([0, 2]), torch.tensor([3, 1]))


def put(key):
    def fn(x, v, *i):
        y = x.clone()
        y[key(*i)] = v
        return y
    return fn


case("put.number", put(lambda: 1), rnd(2, 3), rnd(3))
case("put.numbers", put(lambda: (1, -1)), rnd(2, 3), rnd())
case("put.slice", put(lambda: (slice(None), slice(1, None))), rnd(2, 3), rnd(2, 2))
case("put.tensor", put(lambda i: i), rnd(3, 2), rnd(2), torch.tensor([2, 0]))
case("put.mask", put(lambda m: m), rnd(2, 3), rnd(), bits(2, 3))

# ---- data
case("copy_", in_place("copy_"), rnd(2, 3), rnd(3))
case("copy_@convert", in_place("copy_"), rnd(3), ints(9, 3))
case("clone", method("clone"), strided(rnd(2, 3)))
case("detach", method("detach"), rnd(2))
case("contiguous", method("contiguous"), strided(rnd(2, 3)))
case("alias", lambda x: torch.ops.aten.alias(x), rnd(2, 3))
for n, d in {"float": torch.float32, "double": torch.float64, "long": torch.int64, "int": torch.int32, "bool": torch.bool, "byte": torch.uint8,
             "half": torch.float16, "bfloat16": torch.bfloat16}.items():
    case(n, lambda x, d=d: x.to(d), torch.tensor([0.0, 1.5, 3.7, 100.126]))
case("to.type", lambda x: x.to(torch.float64), rnd(3))
case("type_as", lambda x, y: x.type_as(y), rnd(3), rnd(1, dtype=torch.float64))

# ---- factories and functions
case("zeros", lambda: [torch.zeros(2, 3), torch.zeros(2), torch.zeros(2, 2, dtype=torch.int64)])
case("ones", lambda: [torch.ones(2, 3), torch.ones(2), torch.ones(2, 2, dtype=torch.float64)])
case("full", lambda: [torch.full((2,), 1.5), torch.full((2,), 3), torch.full((), True), torch.full((2,), 3, dtype=torch.float32)])
case("arange", lambda: [torch.arange(3), torch.arange(1, 4), torch.arange(0, 1, 0.25), torch.arange(5, 0, -2), torch.arange(3, dtype=torch.float32)])
case("linspace", lambda: [torch.linspace(-1, 1, 5), torch.linspace(0, 1, 3, dtype=torch.float64)])
case("eye", lambda: [torch.eye(3), torch.eye(2, 3, dtype=torch.float64)])
case("like", lambda x: [torch.zeros_like(x), torch.ones_like(x, dtype=torch.int64), torch.full_like(x, 2.5)], rnd(2, 3))
case("tensor", lambda: [torch.tensor(1.5), torch.tensor(1.5, dtype=torch.float64), torch.tensor(3, dtype=torch.int32), torch.tensor(3),
                        torch.tensor([1.5, 2]), torch.tensor([[1.0, 2], [3, 4]]), torch.tensor([1, 2]), torch.tensor([[1], [2]]),
                        torch.tensor([1.5, 2], dtype=torch.float64), torch.tensor([[1.5], [2]], dtype=torch.float64), torch.tensor([1, 2], dtype=torch.int32)])
case("cat", lambda a, b: torch.cat([a, b], -1), rnd(2, 3), rnd(2, 1))
case("cat@empty", lambda a, b: torch.cat([a, b], -1), rnd(2, 3), torch.empty(2, 0))
case("cat.many", lambda x: torch.cat([x] * 60), rnd(1))
case("stack", lambda a, b: torch.stack([a, b], 1), rnd(2, 3), rnd(2, 3))
case("where", torch.where, bits(2, 3), rnd(2, 3), rnd(3))
case("einsum", lambda a, b: torch.einsum("bij,bjk->bk", a, b), rnd(2, 3, 2), rnd(2, 2, 3), tol=1e-5)
case("functions", lambda x: [torch.abs(x), torch.exp(x), torch.log(x), torch.sqrt(x), torch.sigmoid(x), torch.softmax(x, 1), torch.sum(x), torch.mean(x)], pos(2, 3))
case("functions.two", lambda a, b: [torch.matmul(a, b), torch.mm(a, b), torch.maximum(a, b), torch.minimum(a, b)], rnd(2, 2), rnd(2, 2), tol=1e-5)
case("functions.dot", torch.dot, rnd(3), rnd(3), tol=1e-5)
case("operators", lambda a, b: [a + b, a - b, a * b, a / b, -a, a < b, a > b, a <= b, a >= b], rnd(2, 3), pos(3))
case("operators.number", lambda a: [a + 2.5, 2.5 + a, a - 2.5, 2.5 - a, a * 2.5, 2.5 * a, a / 2.5, 2.5 / a, a < 1.5, a > 1.5, a <= 1.5, a >= 1.5], pos(3))
case("operators.whole", lambda a: [a + 2, 2 + a, a - 2, 2 - a, a * 2, 2 * a, a / 2, 2 / a], ints(9, 3, low=1))
case("operators.whole@float", lambda a: [a + 2, 2 + a, a - 2, 2 - a, a * 2, 2 * a, a / 2, 2 / a], pos(3))

# ---- layers
x4, w4 = rnd(2, 4, 5, 5), rnd(4, 2, 3, 3)
case("conv2d", lambda x, w: F.conv2d(x, w), rnd(1, 2, 4, 5), rnd(3, 2, 3, 3), tol=1e-5)
case("conv2d.full", lambda x, w, b: F.conv2d(x, w, b, stride=(2, 1), padding=(1, 2), dilation=(1, 2), groups=2), rnd(2, 4, 5, 5), rnd(4, 2, 2, 2), rnd(4), tol=1e-5)
case("conv2d.full@strided", lambda x, w, b: F.conv2d(x, w, b, stride=(2, 1), padding=(1, 2), dilation=(1, 2), groups=2), strided(rnd(1, 4, 5, 5)), rnd(4, 2, 2, 2), rnd(4), tol=1e-5)
case("conv2d.each", lambda x, w: F.conv2d(x, w, groups=3, padding=1), rnd(1, 3, 4, 4), rnd(3, 1, 3, 3), tol=1e-5)


def norm(training, momentum=0.1, eps=1e-5):
    def fn(x, mean, var, w, b):
        mean, var = mean.detach().clone(), var.detach().clone()
        return [F.batch_norm(x, mean, var, w, b, training, momentum, eps), mean, var]
    return fn


case("batch_norm", norm(True), rnd(3, 2, 2, 2), rnd(2), pos(2), rnd(2), rnd(2), tol=1e-5)
case("batch_norm.eval", norm(False, 0.3, 1e-3), rnd(3, 2, 2, 2), rnd(2), pos(2), rnd(2), rnd(2), tol=1e-5)
case("linear", F.linear, rnd(2, 3), rnd(4, 3), rnd(4), tol=1e-5)
case("linear.plain", lambda x, w: F.linear(x, w), rnd(2, 2, 3), rnd(4, 3), tol=1e-5)
for k in ("max", "avg"):
    f = getattr(F, k + "_pool2d")
    case(k + "_pool2d", lambda x, f=f: f(x, 2), rnd(1, 2, 4, 5))
    case(k + "_pool2d.padded", lambda x, f=f: f(x, (3, 2), stride=(2, 1), padding=(1, 0)), rnd(1, 2, 5, 5))
    case(k + "_pool2d.ceil", lambda x, f=f: f(x, (3, 3), stride=(2, 2), ceil_mode=True), rnd(1, 2, 6, 6))
    case(k + "_pool2d.ceil@strided", lambda x, f=f: f(x, (3, 3), stride=(2, 2), ceil_mode=True), strided(rnd(2, 2, 4, 6)))
case("max_pool2d.dilated", lambda x: F.max_pool2d(x, (2, 2), stride=(1, 1), dilation=(2, 2)), rnd(1, 1, 5, 5))
case("max_pool2d.positions", lambda x: F.max_pool2d(x, (2, 2), return_indices=True), rnd(1, 2, 4, 4))
case("avg_pool2d.inside", lambda x: F.avg_pool2d(x, (3, 3), stride=(2, 2), padding=(1, 1), count_include_pad=False), rnd(1, 1, 5, 5))
case("avg_pool2d.divisor", lambda x: F.avg_pool2d(x, (2, 2), divisor_override=3), rnd(1, 1, 4, 4))
case("adaptive_avg_pool2d", lambda x: F.adaptive_avg_pool2d(x, (2, 3)), rnd(1, 2, 5, 5))
case("adaptive_avg_pool2d.one", lambda x: F.adaptive_avg_pool2d(x, 1), rnd(2, 2, 3, 3))
case("relu.function", lambda x: [F.relu(x), F.relu(x.clone(), inplace=True)], rnd(2, 3))
case("leaky_relu.function", lambda x: [F.leaky_relu(x), F.leaky_relu(x.clone(), 0.3, inplace=True)], rnd(2, 3))
case("softmax.function", lambda x: [F.softmax(x, 1), F.log_softmax(x, -1)], rnd(2, 3))
case("dropout.none", lambda x: [F.dropout(x, 0.5, False), F.dropout2d(x, 0.5, False), F.dropout(x, 0.0), F.dropout(x, 1.0)], rnd(1, 2, 2, 2))
target, odd = torch.tensor([0, 3, 1]), torch.tensor([0, -100, 2])
for r in ("none", "mean", "sum"):
    case("cross_entropy." + r, lambda x, y, w, r=r: F.cross_entropy(x, y, w, reduction=r), rnd(3, 4), target, weights(4))
    case("cross_entropy.smooth." + r, lambda x, y, w, r=r: F.cross_entropy(x, y, w, reduction=r, label_smoothing=0.1), rnd(3, 4), target, weights(4))
    case("nll_loss." + r, lambda x, y, w, r=r: F.nll_loss(x.log_softmax(1), y, w, reduction=r), rnd(3, 4), target, weights(4))
    case("mse_loss." + r, lambda x, y, r=r: F.mse_loss(x, y, reduction=r), rnd(2, 3), rnd(2, 3))
case("cross_entropy", lambda x, y: F.cross_entropy(x, y), rnd(3, 4), target)
case("cross_entropy@ignored", lambda x, y: F.cross_entropy(x, y), rnd(3, 4), odd)
case("cross_entropy.ignore", lambda x, y: F.cross_entropy(x, y, ignore_index=3, label_smoothing=0.2), rnd(3, 4), target)
case("cross_entropy@soft", lambda x, y: F.cross_entropy(x, y), rnd(2, 3), torch.softmax(rnd(2, 3), 1))
case("cross_entropy@pixels", lambda x, y: F.cross_entropy(x, y), rnd(1, 3, 2, 2), ints(3, 1, 2, 2))
case("nll_loss", lambda x, y: F.nll_loss(x, y), rnd(3, 4), target)
case("mse_loss", lambda x, y: F.mse_loss(x, y), rnd(2, 3), rnd(2, 3))
case("pad", lambda x: [F.pad(x, (1, 2)), F.pad(x, (0, 1, 2, 0), value=1.5), F.pad(x, (-1, 0))], rnd(2, 3))
case("one_hot", lambda x: [F.one_hot(x), F.one_hot(x, 5)], torch.tensor([0, 2, 1]))

# ---- modules
case("module.conv", lambda x, w, b: F.conv2d(x, w, b, 2, 1), rnd(1, 2, 5, 5), rnd(4, 2, 3, 3), rnd(4), grad=False, tol=1e-5)
case("module.linear", F.linear, rnd(2, 3), rnd(4, 3), rnd(4), grad=False, tol=1e-5)


def module_norm(x, w, b):
    m = torch.nn.BatchNorm2d(2, momentum=0.2)
    y = F.batch_norm(x, m.running_mean, m.running_var, w, b, True, 0.2)
    y2 = F.batch_norm(x * 2, m.running_mean, m.running_var, w, b, True, 0.2)
    z = F.batch_norm(x, m.running_mean, m.running_var, w, b, False)
    return [y, y2, z, m.running_mean, m.running_var, torch.tensor(2)]


case("module.norm", module_norm, rnd(2, 2, 2, 3), rnd(2), rnd(2), grad=False, tol=1e-5)
case("module.simple", lambda x: [F.relu(x), F.leaky_relu(x, 0.1), x, x.flatten(1), F.max_pool2d(x, 2), F.max_pool2d(x, 3, 2, 1),
                                 F.avg_pool2d(x, 2), F.adaptive_avg_pool2d(x, 1), F.relu(x).flatten(1)], rnd(1, 2, 4, 4))

# ---- random numbers: exact, but for the normal ones, whose logarithms depend on the processor
case("rand", lambda: [torch.rand(5), torch.rand(2, 3), torch.rand(3, dtype=torch.float64)], seed=0, tol=0)
case("rand@far", lambda: [torch.rand(5), torch.rand(2, 3), torch.rand(3, dtype=torch.float64)], seed=2**40 + 7, tol=0)
case("randn", lambda: [torch.randn(5), torch.randn(2, 3), torch.randn(1, 2, 2, 1), torch.randn(20), torch.randn(3, dtype=torch.float64)], seed=1)
case("randn_like", torch.randn_like, rnd(2, 3), seed=2)
case("randint", lambda: [torch.randint(10, (6,)), torch.randint(-5, 5, (2, 3)), torch.randint(3, (4,), dtype=torch.int32)], seed=3)
case("randperm", lambda: [torch.randperm(10), torch.randperm(0), torch.randperm(5, dtype=torch.int32)], seed=4)
case("uniform_", in_place("uniform_", -2, 3), torch.zeros(2, 3), seed=5, grad=False, tol=0)
case("normal_", in_place("normal_", 1, 0.5), torch.zeros(2, 3), seed=6, grad=False)
case("normal_@many", in_place("normal_", 1, 0.5), torch.zeros(17), seed=6, grad=False)
case("bernoulli_", in_place("bernoulli_", 0.3), torch.zeros(20), seed=7, grad=False, tol=0)
case("dropout", lambda x: [F.dropout(x, 0.3), F.dropout(x.clone(), 0.5, inplace=True)], rnd(3, 5), seed=8)
case("dropout2d", lambda x: [F.dropout2d(x, 0.5), F.dropout2d(x.clone(), 0.5, inplace=True)], rnd(2, 3, 2, 2), seed=9)
case("module.dropout", lambda x: [F.dropout(x), F.dropout2d(x, 0.2), x], rnd(2, 3, 2, 2), seed=10)
i = torch.nn.init
case("init", lambda x: [i.uniform_(x.clone(), -1, 2), i.normal_(x.clone(), 0.5, 2), i.xavier_uniform_(x.clone(), 2), i.kaiming_uniform_(x.clone(), 5 ** 0.5),
                        i.kaiming_normal_(x.clone(), mode="fan_out", nonlinearity="relu"), i.constant_(x.clone(), 1.5), i.ones_(x.clone()), i.zeros_(x.clone()),
                        torch.tensor([i.calculate_gain("tanh"), i.calculate_gain("relu"), i.calculate_gain("leaky_relu", 0.2), i.calculate_gain("linear")], dtype=torch.float64)],
     torch.zeros(4, 3, 2, 2), seed=11, grad=False)
case("module.linear.init", lambda: [p.data for p in torch.nn.Linear(3, 4).parameters()], seed=12, tol=0)
case("module.conv.init", lambda: [p.data for p in torch.nn.Conv2d(4, 6, 2, groups=2).parameters()], seed=13, tol=0)


def eigh(x):  # vectors are unique up to their sign: what they are made of is compared
    values, vectors = torch.linalg.eigh(x @ x.T)
    return values, (vectors * values) @ vectors.T


case("linalg.eigh", eigh, rnd(3, 5, dtype=torch.float64), grad=False)


def module_norm1d(x, maps, w, b):
    m = torch.nn.BatchNorm1d(2)
    y = F.batch_norm(x, m.running_mean, m.running_var, w, b, True)
    z = F.batch_norm(maps, m.running_mean, m.running_var, w, b, True)
    return [y, z, F.batch_norm(x, m.running_mean, m.running_var, w, b, False), m.running_mean, m.running_var]


def from_file(x):
    with tempfile.NamedTemporaryFile() as f:
        f.write(x.numpy().tobytes())
        f.flush()
        return [torch.from_file(f.name, size=6), torch.from_file(f.name, shared=False, size=2, dtype=torch.float64)]


case("module.norm1d", module_norm1d, rnd(3, 2), rnd(2, 2, 3), rnd(2), rnd(2), grad=False, tol=1e-5)
case("from_file", from_file, rnd(2, 3), grad=False, tol=0)

here = os.path.dirname(os.path.abspath(__file__))
path = os.path.join(here, "../../tests/FineTune.Torch.Tests/Goldens/ops.json")
os.makedirs(os.path.dirname(path), exist_ok=True)
with open(path, "w") as f:
    f.write("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in CASES) + "\n]\n")
print(len(CASES), "cases,", os.path.getsize(path), "bytes")
