using FineTune.Engine;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FineTune.Models.Layers;

/// <summary>
/// Multi-head self-attention (Vaswani et al. 2017): softmax(Q K^T / sqrt(d)) V in each head, over a sequence [T, C];
/// keys of PyTorch's MultiheadAttention.
/// </summary>
internal sealed record Attention(long Channels, long Heads) : ModuleLayer
{
    public override bool OutputIsFree => true;

    public override long Parameters => 4 * Channels * (Channels + 1);

    public override long MultiplyAdds(IReadOnlyList<long[]> inputs, long[] output) =>
        (4 * output[0] * Channels * Channels) + (2 * output[0] * output[0] * Channels);

    public override nn.Module Make() => new Module(Channels, Heads);

    private sealed class Module : ExplicitModule
    {
        private readonly long _heads;
        private readonly Linear _out;

        public Module(long channels, long heads)
            : base(nameof(Attention))
        {
            _heads = heads;
            register_parameter("in_proj_weight", new Parameter(nn.init.xavier_uniform_(empty(3 * channels, channels))));
            register_parameter("in_proj_bias", new Parameter(zeros(3 * channels)));
            register_module("out_proj", _out = nn.Linear(channels, channels));
            using var _ = no_grad();
            _out.bias!.zero_();
        }

        public override Tensor forward(Tensor input) // [N, T, C]
        {
            using var scope = NewDisposeScope();
            var (n, t, c) = (input.size(0), input.size(1), input.size(2));
            var qkv = nn.functional.linear(input, get_parameter("in_proj_weight")!, get_parameter("in_proj_bias"))
                .view(n, t, 3, _heads, c / _heads).permute(2, 0, 3, 1, 4); // [3, N, heads, T, d]
            var mixed = nn.functional.scaled_dot_product_attention(qkv[0], qkv[1], qkv[2]);
            return _out.call(mixed.transpose(1, 2).reshape(n, t, c)).MoveToOuterDisposeScope();
        }
    }
}

/// <summary>
/// Self-attention within windows of a map [H, W, C], which are shifted in every second block, with a learned bias for each difference of
/// places (Liu et al. 2021, Swin): keys of torchvision's ShiftedWindowAttention.
/// </summary>
internal sealed record WindowAttention(long Channels, long Heads, long Window, long Shift) : ModuleLayer
{
    public override bool OutputIsFree => true;

    public override long Parameters => (4 * Channels * (Channels + 1)) + (((2 * Window) - 1) * ((2 * Window) - 1) * Heads);

    public override long MultiplyAdds(IReadOnlyList<long[]> inputs, long[] output)
    {
        var pixels = Padded(output[0]) * Padded(output[1]);
        return (4 * pixels * Channels * Channels) + (2 * pixels * Window * Window * Channels);
    }

    public override nn.Module Make() => new Module(this);

    /// <summary>
    /// How a map of h x w pixels is cut: rows and columns of windows, and by how much they are shifted down and to the right.
    /// </summary>
    public (long Rows, long Columns, long Down, long Right) Layout(long h, long w)
    {
        var (rows, columns) = (Padded(h) / Window, Padded(w) / Window);
        return (rows, columns, rows > 1 ? Shift : 0, columns > 1 ? Shift : 0);
    }

    private long Padded(long length) => (length + Window - 1) / Window * Window;

    /// <summary>Its parameters, and what it computes.</summary>
    internal sealed class Module : ExplicitModule
    {
        private const double Deviation = 0.02, Masked = -100;

        private readonly WindowAttention _layer;

        public Module(WindowAttention layer)
            : base(nameof(WindowAttention))
        {
            _layer = layer;
            var side = (2 * layer.Window) - 1;
            register_parameter(
                "relative_position_bias_table", new Parameter(nn.init.trunc_normal_(zeros(side * side, layer.Heads), std: Deviation)));
            register_buffer("relative_position_index", Index(layer.Window));
            register_module("qkv", Qkv = nn.Linear(layer.Channels, 3 * layer.Channels));
            register_module("proj", Projection = nn.Linear(layer.Channels, layer.Channels));
        }

        /// <summary>C to 3 C: queries, keys and values.</summary>
        public Linear Qkv { get; }

        /// <summary>C to C, after the values are mixed.</summary>
        public Linear Projection { get; }

        public override Tensor forward(Tensor input) // [N, H, W, C]
        {
            using var scope = NewDisposeScope();
            var (n, h, w, c) = (input.size(0), input.size(1), input.size(2), input.size(3));
            var (size, heads) = (_layer.Window, _layer.Heads);
            var (rows, columns, down, right) = _layer.Layout(h, w);
            var x = nn.functional.pad(input, [0, 0, 0, (columns * size) - w, 0, (rows * size) - h]);
            if (down + right > 0)
                x = x.roll((-down, -right), (1, 2));
            var windows = x.view(n, rows, size, columns, size, c).permute(0, 1, 3, 2, 4, 5).reshape(n, rows * columns, size * size, c);
            var qkv = Qkv.call(windows).view(n, rows * columns, size * size, 3, heads, c / heads).permute(3, 0, 1, 4, 2, 5);
            var mixed = nn.functional.scaled_dot_product_attention(qkv[0], qkv[1], qkv[2], Bias(rows, columns, down, right).to(qkv.dtype));
            x = Projection.call(mixed.transpose(2, 3).reshape(n, rows, columns, size, size, c))
                .permute(0, 1, 3, 2, 4, 5).reshape(n, rows * size, columns * size, c);
            if (down + right > 0)
                x = x.roll((down, right), (1, 2));
            return x.slice(1, 0, h, 1).slice(2, 0, w, 1).contiguous().MoveToOuterDisposeScope();
        }

        /// <summary>
        /// What is added to the products: the learned bias, and -100 between pixels that were not neighbours before the shift.
        /// </summary>
        public Tensor Bias(long rows, long columns, long down, long right) // [1 or windows, heads, N, N]
        {
            var places = _layer.Window * _layer.Window;
            var table = get_parameter("relative_position_bias_table")!;
            var learned = table.index_select(0, get_buffer("relative_position_index")!).view(places, places, _layer.Heads)
                .permute(2, 0, 1).unsqueeze(0);
            if (down + right == 0)
                return learned;
            var regions = Regions(rows * _layer.Window, down).view(-1, 1).Times(3)
                .Plus(Regions(columns * _layer.Window, right)).to(table.device);
            var labels = regions.view(rows, _layer.Window, columns, _layer.Window).permute(0, 2, 1, 3).reshape(rows * columns, places);
            var apart = labels.unsqueeze(1).ne(labels.unsqueeze(2));
            return learned.Plus(apart.to(table.dtype).Times(Masked).unsqueeze(1));
        }

        /// <summary>Along one axis: 0 before the last window, 1 in its first part, 2 where pixels came around from the other end.</summary>
        private Tensor Regions(long length, long shift) => tensor(
            Array.ConvertAll(
                [.. Enumerable.Range(0, (int)length)], i => i < length - _layer.Window ? 0L : i < length - shift || shift == 0 ? 1L : 2L));

        private static Tensor Index(long window)
        {
            var index = new List<long>();
            for (var a = 0; a < window * window; a++)
            {
                for (var b = 0; b < window * window; b++)
                    index.Add((((a / window) - (b / window) + window - 1) * ((2 * window) - 1)) + (a % window) - (b % window) + window - 1);
            }

            return tensor(index.ToArray());
        }
    }
}
