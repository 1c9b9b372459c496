using FineTune.Torch;

namespace TorchSharp;

public static partial class torch
{
    // Elementwise functions, comparisons and products. An in-place form returns the tensor itself, not a new handle.
    public partial class Tensor
    {
        public Tensor abs() => Ops.Abs.Call(this);

        public Tensor exp() => Ops.Exp.Call(this);

        public Tensor exp2() => Ops.Exp2.Call(this);

        public Tensor expm1() => Ops.Expm1.Call(this);

        public Tensor log() => Ops.Log.Call(this);

        public Tensor log2() => Ops.Log2.Call(this);

        public Tensor log10() => Ops.Log10.Call(this);

        public Tensor log1p() => Ops.Log1p.Call(this);

        public Tensor sqrt() => Ops.Sqrt.Call(this);

        public Tensor rsqrt() => Ops.Rsqrt.Call(this);

        public Tensor neg() => Ops.Neg.Call(this);

        public Tensor sign() => Ops.Sign.Call(this);

        public Tensor floor() => Ops.Floor.Call(this);

        public Tensor ceil() => Ops.Ceil.Call(this);

        public Tensor trunc() => Ops.Trunc.Call(this);

        public Tensor sin() => Ops.Sin.Call(this);

        public Tensor cos() => Ops.Cos.Call(this);

        public Tensor tan() => Ops.Tan.Call(this);

        public Tensor tanh() => Ops.Tanh.Call(this);

        public Tensor sigmoid() => Ops.Sigmoid.Call(this);

        public Tensor relu() => Ops.Relu.Call(this);

        public Tensor square() => Ops.Square.Call(this);

        public Tensor reciprocal() => Ops.Reciprocal.Call(this);

        public Tensor erf() => Ops.Erf.Call(this);

        public Tensor abs_() => Ops.Abs_.Apply(this);

        public Tensor exp_() => Ops.Exp_.Apply(this);

        public Tensor log_() => Ops.Log_.Apply(this);

        public Tensor sqrt_() => Ops.Sqrt_.Apply(this);

        public Tensor rsqrt_() => Ops.Rsqrt_.Apply(this);

        public Tensor neg_() => Ops.Neg_.Apply(this);

        public Tensor floor_() => Ops.Floor_.Apply(this);

        public Tensor ceil_() => Ops.Ceil_.Apply(this);

        public Tensor tanh_() => Ops.Tanh_.Apply(this);

        public Tensor sigmoid_() => Ops.Sigmoid_.Apply(this);

        public Tensor relu_() => Ops.Relu_.Apply(this);

        public Tensor mul(Tensor target) => Ops.Mul.Call(this, target);

        public Tensor mul_(Tensor target) => Ops.Mul_.Apply(this, target);

        public Tensor mul(Scalar target) => Ops.MulScalar.Call(this, target);

        public Tensor mul_(Scalar target) => Ops.MulScalar_.Apply(this, target);

        public Tensor add(Tensor target) => Ops.Add.Call(this, target);

        public Tensor add_(Tensor target) => Ops.Add_.Apply(this, target);

        public Tensor add(Scalar scalar) => Ops.AddScalar.Call(this, scalar);

        public Tensor add_(Scalar scalar) => Ops.AddScalar_.Apply(this, scalar);

        public Tensor sub(Tensor target) => Ops.Sub.Call(this, target);

        public Tensor sub_(Tensor target) => Ops.Sub_.Apply(this, target);

        public Tensor sub(Scalar target) => Ops.SubScalar.Call(this, target);

        public Tensor sub_(Scalar target) => Ops.SubScalar_.Apply(this, target);

        public Tensor add(Tensor target, Scalar alpha) => Ops.Add.Call(this, target, alpha);

        public Tensor add_(Tensor target, Scalar alpha) => Ops.Add_.Apply(this, target, alpha);

        public Tensor eq(Tensor target) => Ops.Eq.Call(this, target);

        public Tensor eq(Scalar target) => Ops.EqScalar.Call(this, target);

        public Tensor ne(Tensor target) => Ops.Ne.Call(this, target);

        public Tensor ne(Scalar target) => Ops.NeScalar.Call(this, target);

        public Tensor lt(Tensor target) => Ops.Lt.Call(this, target);

        public Tensor lt(Scalar target) => Ops.LtScalar.Call(this, target);

        public Tensor le(Tensor target) => Ops.Le.Call(this, target);

        public Tensor le(Scalar target) => Ops.LeScalar.Call(this, target);

        public Tensor gt(Tensor target) => Ops.Gt.Call(this, target);

        public Tensor gt(Scalar target) => Ops.GtScalar.Call(this, target);

        public Tensor ge(Tensor target) => Ops.Ge.Call(this, target);

        public Tensor ge(Scalar target) => Ops.GeScalar.Call(this, target);

        public Tensor isnan() => Ops.Isnan.Call(this);

        public Tensor isinf() => Ops.Isinf.Call(this);

        public Tensor isfinite() => Ops.Isfinite.Call(this);

        public Tensor logical_and(Tensor other) => Ops.LogicalAnd.Call(this, other);

        public Tensor logical_or(Tensor other) => Ops.LogicalOr.Call(this, other);

        public Tensor logical_xor(Tensor other) => Ops.LogicalXor.Call(this, other);

        public Tensor maximum(Tensor other) => Ops.Maximum.Call(this, other);

        public Tensor minimum(Tensor other) => Ops.Minimum.Call(this, other);

        public Tensor matmul(Tensor target) => Ops.Matmul.Call(this, target);

        public Tensor mm(Tensor target) => Ops.Mm.Call(this, target);

        public Tensor bmm(Tensor batch2) => Ops.Bmm.Call(this, batch2);

        public Tensor dot(Tensor target) => Ops.Dot.Call(this, target);

        public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None) =>
            rounding_mode == RoundingMode.None ? Ops.Div.Call(this, target) : Ops.DivMode.Call(this, target, rounding_mode.ToString());

        public Tensor div(Scalar target, RoundingMode rounding_mode = RoundingMode.None) =>
            rounding_mode == RoundingMode.None ? Ops.DivScalar.Call(this, target) : Ops.DivScalarMode.Call(this, target, rounding_mode.ToString());

        public Tensor div_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) =>
            rounding_mode == RoundingMode.None ? Ops.Div_.Apply(this, target) : Ops.DivMode_.Apply(this, target, rounding_mode.ToString());

        public Tensor div_(Scalar target, RoundingMode rounding_mode = RoundingMode.None) =>
            rounding_mode == RoundingMode.None ? Ops.DivScalar_.Apply(this, target) : Ops.DivScalarMode_.Apply(this, target, rounding_mode.ToString());

        public Tensor pow(Scalar exponent) => Ops.PowScalar.Call(this, exponent);

        public Tensor pow(Tensor exponent) => Ops.Pow.Call(this, exponent);

        public Tensor addcmul(Tensor tensor1, Tensor tensor2, Scalar value) => Ops.Addcmul.Call(this, tensor1, tensor2, value);

        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value) => Ops.Addcmul_.Apply(this, tensor1, tensor2, value);

        public Tensor addcdiv(Tensor tensor1, Tensor tensor2, Scalar value) => Ops.Addcdiv.Call(this, tensor1, tensor2, value);

        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value) => Ops.Addcdiv_.Apply(this, tensor1, tensor2, value);

        public Tensor lerp(Tensor end, Tensor weight) => Ops.Lerp.Call(this, end, weight);

        public Tensor lerp_(Tensor end, Tensor weight) => Ops.Lerp_.Apply(this, end, weight);

        public Tensor addmm(Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1) => Ops.Addmm.Call(this, mat1, mat2, (double)beta, (double)alpha);

        public Tensor clamp(Scalar? min = null, Scalar? max = null) => Ops.Clamp.Call(this, min, max);

        public Tensor clamp_(Scalar? min = null, Scalar? max = null) => Ops.Clamp_.Apply(this, min, max);

        public Tensor clamp_min(Scalar min) => Ops.ClampMin.Call(this, min);

        public Tensor clamp_max(Scalar max) => Ops.ClampMax.Call(this, max);

        public Tensor where(Tensor condition, Tensor y) => Ops.Where.Call(condition, this, y);

        public Tensor masked_fill(Tensor mask, Scalar value) => Ops.MaskedFill.Call(this, mask, value);

        public Tensor masked_fill_(Tensor mask, Scalar value) => Ops.MaskedFill_.Apply(this, mask, value);

        public Tensor leaky_relu(Scalar negative_slope) => Ops.LeakyRelu.Call(this, negative_slope);

        public Tensor leaky_relu_(Scalar negative_slope) => Ops.LeakyRelu_.Apply(this, negative_slope);

        public Tensor softmax(long dim, ScalarType? dtype = null) => Ops.Softmax.Call(this, dim, dtype);

        public Tensor log_softmax(long dim, ScalarType? dtype = null) => Ops.LogSoftmax.Call(this, dim, dtype);

        public Tensor fill_(Scalar value) => Ops.Fill_.Apply(this, value);

        public Tensor zero_() => Ops.Zero_.Apply(this);

        public Tensor normal_(double mean = 0, double std = 1, Generator? generator = null) => Ops.Normal_.Apply(this, mean, std, generator);

        public Tensor uniform_(double from, double to, Generator? generator = null) => Ops.Uniform_.Apply(this, from, to, generator);

        public Tensor bernoulli_(double p = 0.5, Generator? generator = null) => Ops.Bernoulli_.Apply(this, p, generator);

        public bool allclose(Tensor target, double rtol = 1E-05, double atol = 1E-08, bool equal_nan = false) =>
            Ops.Allclose.CallBool(this, target, rtol, atol, equal_nan);
    }
}
