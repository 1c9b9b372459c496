using TorchSharp;

namespace FineTune.Torch;

/// <summary>The operators that the API is spelled with, each found in libtorch at its first call.</summary>
internal static class Ops
{
    internal static readonly Op Abs = new("aten::abs");
    internal static readonly Op Abs_ = new("aten::abs_");
    internal static readonly Op AdaptiveAvgPool2d = new("aten::adaptive_avg_pool2d");
    internal static readonly Op Add = new("aten::add.Tensor");
    internal static readonly Op AddScalar = new("aten::add.Scalar");
    internal static readonly Op AddScalar_ = new("aten::add_.Scalar");
    internal static readonly Op Add_ = new("aten::add_.Tensor");
    internal static readonly Op Addcdiv = new("aten::addcdiv");
    internal static readonly Op Addcdiv_ = new("aten::addcdiv_");
    internal static readonly Op Addcmul = new("aten::addcmul");
    internal static readonly Op Addcmul_ = new("aten::addcmul_");
    internal static readonly Op Addmm = new("aten::addmm");
    internal static readonly Op Alias = new("aten::alias");
    internal static readonly Op All = new("aten::all");
    internal static readonly Op AllDim = new("aten::all.dim");
    internal static readonly Op Allclose = new("aten::allclose");
    internal static readonly Op Amax = new("aten::amax");
    internal static readonly Op Amin = new("aten::amin");
    internal static readonly Op Any = new("aten::any");
    internal static readonly Op AnyDim = new("aten::any.dim");
    internal static readonly Op Arange = new("aten::arange.start_step");
    internal static readonly Op Argmax = new("aten::argmax");
    internal static readonly Op Argmin = new("aten::argmin");
    internal static readonly Op Argsort = new("aten::argsort");
    internal static readonly Op AsStrided = new("aten::as_strided");
    internal static readonly Op AvgPool2d = new("aten::avg_pool2d");
    internal static readonly Op BatchNorm = new("aten::batch_norm");
    internal static readonly Op Bernoulli_ = new("aten::bernoulli_.float");
    internal static readonly Op Bmm = new("aten::bmm");
    internal static readonly Op Cat = new("aten::cat");
    internal static readonly Op Ceil = new("aten::ceil");
    internal static readonly Op Ceil_ = new("aten::ceil_");
    internal static readonly Op Chunk = new("aten::chunk");
    internal static readonly Op Clamp = new("aten::clamp");
    internal static readonly Op ClampMax = new("aten::clamp_max");
    internal static readonly Op ClampMin = new("aten::clamp_min");
    internal static readonly Op Clamp_ = new("aten::clamp_");
    internal static readonly Op Clone = new("aten::clone");
    internal static readonly Op Contiguous = new("aten::contiguous");
    internal static readonly Op Conv2d = new("aten::conv2d");
    internal static readonly Op Copy_ = new("aten::copy_");
    internal static readonly Op Cos = new("aten::cos");
    internal static readonly Op CrossEntropy = new("aten::cross_entropy_loss");
    internal static readonly Op Cumsum = new("aten::cumsum");
    internal static readonly Op Detach = new("aten::detach");
    internal static readonly Op Detach_ = new("aten::detach_");
    internal static readonly Op Diagonal = new("aten::diagonal");
    internal static readonly Op Div = new("aten::div.Tensor");
    internal static readonly Op DivMode = new("aten::div.Tensor_mode");
    internal static readonly Op DivMode_ = new("aten::div_.Tensor_mode");
    internal static readonly Op DivScalar = new("aten::div.Scalar");
    internal static readonly Op DivScalarMode = new("aten::div.Scalar_mode");
    internal static readonly Op DivScalarMode_ = new("aten::div_.Scalar_mode");
    internal static readonly Op DivScalar_ = new("aten::div_.Scalar");
    internal static readonly Op Div_ = new("aten::div_.Tensor");
    internal static readonly Op Dot = new("aten::dot");
    internal static readonly Op Dropout = new("aten::dropout");
    internal static readonly Op Dropout_ = new("aten::dropout_");
    internal static readonly Op Einsum = new("aten::einsum");
    internal static readonly Op Empty = new("aten::empty.memory_format");
    internal static readonly Op EmptyLike = new("aten::empty_like");
    internal static readonly Op Eq = new("aten::eq.Tensor");
    internal static readonly Op EqScalar = new("aten::eq.Scalar");
    internal static readonly Op Erf = new("aten::erf");
    internal static readonly Op Exp = new("aten::exp");
    internal static readonly Op Exp2 = new("aten::exp2");
    internal static readonly Op Exp_ = new("aten::exp_");
    internal static readonly Op Expand = new("aten::expand");
    internal static readonly Op Expm1 = new("aten::expm1");
    internal static readonly Op Eye = new("aten::eye.m");
    internal static readonly Op FeatureDropout = new("aten::feature_dropout");
    internal static readonly Op FeatureDropout_ = new("aten::feature_dropout_");
    internal static readonly Op Fill_ = new("aten::fill_.Scalar");
    internal static readonly Op Flatten = new("aten::flatten.using_ints");
    internal static readonly Op Flip = new("aten::flip");
    internal static readonly Op Floor = new("aten::floor");
    internal static readonly Op Floor_ = new("aten::floor_");
    internal static readonly Op FromFile = new("aten::from_file");
    internal static readonly Op Full = new("aten::full");
    internal static readonly Op FullLike = new("aten::full_like");
    internal static readonly Op Gather = new("aten::gather");
    internal static readonly Op Ge = new("aten::ge.Tensor");
    internal static readonly Op GeScalar = new("aten::ge.Scalar");
    internal static readonly Op Gt = new("aten::gt.Tensor");
    internal static readonly Op GtScalar = new("aten::gt.Scalar");
    internal static readonly Op Index = new("aten::index.Tensor");
    internal static readonly Op IndexPut_ = new("aten::index_put_");
    internal static readonly Op IndexSelect = new("aten::index_select");
    internal static readonly Op Isfinite = new("aten::isfinite");
    internal static readonly Op Isinf = new("aten::isinf");
    internal static readonly Op Isnan = new("aten::isnan");
    internal static readonly Op Le = new("aten::le.Tensor");
    internal static readonly Op LeScalar = new("aten::le.Scalar");
    internal static readonly Op LeakyRelu = new("aten::leaky_relu");
    internal static readonly Op LeakyRelu_ = new("aten::leaky_relu_");
    internal static readonly Op Lerp = new("aten::lerp.Tensor");
    internal static readonly Op Lerp_ = new("aten::lerp_.Tensor");
    internal static readonly Op Linear = new("aten::linear");
    internal static readonly Op Linspace = new("aten::linspace");
    internal static readonly Op Log = new("aten::log");
    internal static readonly Op Log10 = new("aten::log10");
    internal static readonly Op Log1p = new("aten::log1p");
    internal static readonly Op Log2 = new("aten::log2");
    internal static readonly Op LogSoftmax = new("aten::log_softmax.int");
    internal static readonly Op Log_ = new("aten::log_");
    internal static readonly Op LogicalAnd = new("aten::logical_and");
    internal static readonly Op LogicalOr = new("aten::logical_or");
    internal static readonly Op LogicalXor = new("aten::logical_xor");
    internal static readonly Op Logsumexp = new("aten::logsumexp");
    internal static readonly Op Lt = new("aten::lt.Tensor");
    internal static readonly Op LtScalar = new("aten::lt.Scalar");
    internal static readonly Op MaskedFill = new("aten::masked_fill.Scalar");
    internal static readonly Op MaskedFill_ = new("aten::masked_fill_.Scalar");
    internal static readonly Op MaskedSelect = new("aten::masked_select");
    internal static readonly Op Matmul = new("aten::matmul");
    internal static readonly Op Max = new("aten::max");
    internal static readonly Op MaxDim = new("aten::max.dim");
    internal static readonly Op MaxPool2d = new("aten::max_pool2d");
    internal static readonly Op MaxPool2dIndices = new("aten::max_pool2d_with_indices");
    internal static readonly Op Maximum = new("aten::maximum");
    internal static readonly Op Mean = new("aten::mean");
    internal static readonly Op MeanDim = new("aten::mean.dim");
    internal static readonly Op Min = new("aten::min");
    internal static readonly Op MinDim = new("aten::min.dim");
    internal static readonly Op Minimum = new("aten::minimum");
    internal static readonly Op Mm = new("aten::mm");
    internal static readonly Op MseLoss = new("aten::mse_loss");
    internal static readonly Op Mul = new("aten::mul.Tensor");
    internal static readonly Op MulScalar = new("aten::mul.Scalar");
    internal static readonly Op MulScalar_ = new("aten::mul_.Scalar");
    internal static readonly Op Mul_ = new("aten::mul_.Tensor");
    internal static readonly Op Narrow = new("aten::narrow");
    internal static readonly Op Ne = new("aten::ne.Tensor");
    internal static readonly Op NeScalar = new("aten::ne.Scalar");
    internal static readonly Op Neg = new("aten::neg");
    internal static readonly Op Neg_ = new("aten::neg_");
    internal static readonly Op NllLoss = new("aten::nll_loss");
    internal static readonly Op Nonzero = new("aten::nonzero");
    internal static readonly Op Norm = new("aten::norm.Scalar");
    internal static readonly Op NormDim = new("aten::norm.ScalarOpt_dim");
    internal static readonly Op Normal_ = new("aten::normal_");
    internal static readonly Op OneHot = new("aten::one_hot");
    internal static readonly Op Ones = new("aten::ones");
    internal static readonly Op OnesLike = new("aten::ones_like");
    internal static readonly Op PadNd = new("aten::constant_pad_nd");
    internal static readonly Op Permute = new("aten::permute");
    internal static readonly Op Pow = new("aten::pow.Tensor_Tensor");
    internal static readonly Op PowScalar = new("aten::pow.Tensor_Scalar");
    internal static readonly Op Prod = new("aten::prod");
    internal static readonly Op ProdDim = new("aten::prod.dim_int");
    internal static readonly Op Rand = new("aten::rand.generator");
    internal static readonly Op Randint = new("aten::randint.low_generator");
    internal static readonly Op Randn = new("aten::randn.generator");
    internal static readonly Op RandnLike = new("aten::randn_like");
    internal static readonly Op Randperm = new("aten::randperm.generator");
    internal static readonly Op Reciprocal = new("aten::reciprocal");
    internal static readonly Op Relu = new("aten::relu");
    internal static readonly Op Relu_ = new("aten::relu_");
    internal static readonly Op SetData = new("aten::set_data");
    internal static readonly Op Rsub = new("aten::rsub.Scalar");
    internal static readonly Op Repeat = new("aten::repeat");
    internal static readonly Op Reshape = new("aten::reshape");
    internal static readonly Op Roll = new("aten::roll");
    internal static readonly Op Rsqrt = new("aten::rsqrt");
    internal static readonly Op Rsqrt_ = new("aten::rsqrt_");
    internal static readonly Op ScatterAdd_ = new("aten::scatter_add_");
    internal static readonly Op Scatter_ = new("aten::scatter_.src");
    internal static readonly Op Select = new("aten::select.int");
    internal static readonly Op Set_ = new("aten::set_.source_Tensor");
    internal static readonly Op Sigmoid = new("aten::sigmoid");
    internal static readonly Op Sigmoid_ = new("aten::sigmoid_");
    internal static readonly Op Sign = new("aten::sign");
    internal static readonly Op Sin = new("aten::sin");
    internal static readonly Op Slice = new("aten::slice.Tensor");
    internal static readonly Op Softmax = new("aten::softmax.int");
    internal static readonly Op Sort = new("aten::sort.stable");
    internal static readonly Op Split = new("aten::split.Tensor");
    internal static readonly Op SplitSizes = new("aten::split_with_sizes");
    internal static readonly Op Sqrt = new("aten::sqrt");
    internal static readonly Op Sqrt_ = new("aten::sqrt_");
    internal static readonly Op Square = new("aten::square");
    internal static readonly Op Squeeze = new("aten::squeeze");
    internal static readonly Op SqueezeDim = new("aten::squeeze.dim");
    internal static readonly Op Stack = new("aten::stack");
    internal static readonly Op Std = new("aten::std");
    internal static readonly Op StdDim = new("aten::std.dim");
    internal static readonly Op Sub = new("aten::sub.Tensor");
    internal static readonly Op SubScalar = new("aten::sub.Scalar");
    internal static readonly Op SubScalar_ = new("aten::sub_.Scalar");
    internal static readonly Op Sub_ = new("aten::sub_.Tensor");
    internal static readonly Op Sum = new("aten::sum");
    internal static readonly Op SumDim = new("aten::sum.dim_IntList");
    internal static readonly Op T = new("aten::t");
    internal static readonly Op Tan = new("aten::tan");
    internal static readonly Op Tanh = new("aten::tanh");
    internal static readonly Op Tanh_ = new("aten::tanh_");
    internal static readonly Op To = new("aten::to.dtype_layout");
    internal static readonly Op Topk = new("aten::topk");
    internal static readonly Op LinalgEigh = new("aten::linalg_eigh");
    internal static readonly Op Transpose = new("aten::transpose.int");
    internal static readonly Op Tril = new("aten::tril");
    internal static readonly Op Triu = new("aten::triu");
    internal static readonly Op Trunc = new("aten::trunc");
    internal static readonly Op Unbind = new("aten::unbind.int");
    internal static readonly Op Unfold = new("aten::unfold");
    internal static readonly Op Uniform_ = new("aten::uniform_");
    internal static readonly Op Unsqueeze = new("aten::unsqueeze");
    internal static readonly Op Var = new("aten::var");
    internal static readonly Op VarDim = new("aten::var.dim");
    internal static readonly Op View = new("aten::view");
    internal static readonly Op Where = new("aten::where.self");
    internal static readonly Op Zero_ = new("aten::zero_");
    internal static readonly Op Zeros = new("aten::zeros");
    internal static readonly Op ZerosLike = new("aten::zeros_like");

    /// <summary>Runs an in-place operator and returns the tensor itself.</summary>
    internal static torch.Tensor Apply(this Op op, torch.Tensor self)
    {
        op.Run(self);
        return self;
    }

    /// <inheritdoc cref="Apply(Op, torch.Tensor)"/>
    internal static torch.Tensor Apply(this Op op, torch.Tensor self, Arg a)
    {
        op.Run(self, a);
        return self;
    }

    /// <inheritdoc cref="Apply(Op, torch.Tensor)"/>
    internal static torch.Tensor Apply(this Op op, torch.Tensor self, Arg a, Arg b)
    {
        op.Run(self, a, b);
        return self;
    }

    /// <inheritdoc cref="Apply(Op, torch.Tensor)"/>
    internal static torch.Tensor Apply(this Op op, torch.Tensor self, Arg a, Arg b, Arg c)
    {
        op.Run(self, a, b, c);
        return self;
    }
}
