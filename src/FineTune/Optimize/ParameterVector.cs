using System.Security.Cryptography;
using FineTune.Engine;
using FineTune.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FineTune.Optimize;

/// <summary>
/// A network's parameters as one contiguous vector w, from input to head, and their gradient as one vector g. The module's
/// parameters are views into w, so that a step, a norm, an average or a checkpoint is an operation on one vector. A freeze
/// line is an offset: what lies below it has no gradient. Batch-norm statistics are a second, small vector.
/// </summary>
public sealed class ParameterVector : IDisposable
{
    private readonly Parameter[] _parameters;
    private readonly Tensor[] _buffers;
    private IReadOnlySet<string> _frozen = new HashSet<string>();

    /// <summary>
    /// Moves the parameters of <paramref name="network"/> into one vector. The network stays usable and owns nothing less.
    /// </summary>
    /// <exception cref="FineTuneException">A parameter is not float32.</exception>
    public ParameterVector(Network network)
    {
        var ordered = network.OrderedParameters().ToArray();
        if (ordered.FirstOrDefault(p => p.Parameter.dtype != ScalarType.Float32) is { Name: { } name, Parameter: { } p1 })
            throw new FineTuneException($"Parameter '{name}' is {p1.dtype}; training keeps its master weights in Float32.");
        _parameters = [.. ordered.Select(p => p.Parameter)];
        var segments = new List<Segment>();
        var offset = 0L;
        foreach (var (stage, n, p) in ordered)
        {
            segments.Add(new Segment(n, stage, offset, p.numel(), p.shape));
            offset = segments[^1].End;
        }

        Segments = segments;
        var device = _parameters[0].device;
        W = zeros([offset], ScalarType.Float32, device).DetachFromDisposeScope();
        for (var k = 0; k < segments.Count; k++)
            Adopt(_parameters[k], W, segments[k].Offset);

        _buffers = [.. network.Stages.SelectMany(s => s.NamedBuffers()).Select(b => b.Buffer).Where(b => b.dtype == ScalarType.Float32)];
        Statistics = zeros([_buffers.Sum(b => b.numel())], ScalarType.Float32, device).DetachFromDisposeScope();
        offset = 0;
        foreach (var buffer in _buffers)
        {
            Adopt(buffer, Statistics, offset);
            offset += buffer.numel();
        }

        G = zeros([0], ScalarType.Float32, device).DetachFromDisposeScope();
        Unfreeze(0);
    }

    /// <summary>Where each parameter lies, from input to head.</summary>
    public IReadOnlyList<Segment> Segments { get; }

    /// <summary>All parameters: [Length] float32.</summary>
    public Tensor W { get; }

    /// <summary>The gradient of the trainable ones: [Length - Line] float32, laid out as w from the freeze line on.</summary>
    public Tensor G { get; private set; }

    /// <summary>Running means and variances of all batch norms: float32.</summary>
    public Tensor Statistics { get; }

    /// <summary>Elements of w, padding included.</summary>
    public long Length => W.numel();

    /// <summary>The first trainable element: everything before it is frozen.</summary>
    public long Line { get; private set; }

    /// <summary>Trainable elements, padding included.</summary>
    public long Trainable => Length - Line;

    /// <summary>The segments above the freeze line that are not frozen by name.</summary>
    public IEnumerable<Segment> TrainableSegments => Segments.Where(Trains);

    /// <summary>The parameters of the trainable segments, from input to head.</summary>
    internal IEnumerable<Parameter> TrainableParameters => _parameters.Where((_, k) => Trains(Segments[k]));

    /// <summary>Whether a segment is trained: it lies above the line and is not frozen by name.</summary>
    public bool Trains(Segment segment) => segment.Offset >= Line && !_frozen.Contains(segment.Name);

    /// <summary>Draws the freeze line in front of a stage: what is below gets no gradient, what is above does.</summary>
    /// <param name="stage">The index of the first trainable stage.</param>
    /// <param name="frozen">Parameters above the line that get none either: their part of g is zero and stays so.</param>
    public void Unfreeze(int stage, IReadOnlySet<string>? frozen = null)
    {
        _frozen = frozen ?? new HashSet<string>();
        Line = Segments.Where(s => s.Stage >= stage).Select(s => s.Offset).DefaultIfEmpty(Length).First();
        var gradient = zeros([Trainable], ScalarType.Float32, W.device).DetachFromDisposeScope();
        for (var k = 0; k < _parameters.Length; k++)
        {
            var trains = Trains(Segments[k]);
            _parameters[k].grad = null;
            _parameters[k].requires_grad = trains;
            if (!trains)
                continue;
            using var part = gradient.narrow(0, Segments[k].Offset - Line, Segments[k].Length);
            using var view = part.view(Segments[k].Shape);
            _parameters[k].grad = view;
        }

        G.Dispose();
        G = gradient;
    }

    /// <summary>Sets the gradient to zero; autograd adds to it.</summary>
    public void ZeroGradient()
    {
        using var _ = no_grad();
        G.zero_();
    }

    /// <summary>SHA-256 of all parameters and batch-norm statistics.</summary>
    internal byte[] Hash()
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var scope = NewDisposeScope();
        sha.AppendData(W.cpu().bytes);
        sha.AppendData(Statistics.cpu().bytes);
        return sha.GetHashAndReset();
    }

    /// <summary>The floats of a vector on the CPU.</summary>
    internal static Span<float> Floats(Tensor vector) => TensorValues.Of<float>(vector);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var p in _parameters)
        {
            if (!p.IsInvalid)
                p.grad = null;
        }

        W.Dispose();
        G.Dispose();
        Statistics.Dispose();
    }

    private static void Adopt(Tensor tensor, Tensor vector, long offset)
    {
        using var _ = no_grad();
        using var part = vector.narrow(0, offset, tensor.numel());
        using var view = part.view(tensor.shape);
        view.copy_(tensor);
        tensor.set_(view);
    }
}
