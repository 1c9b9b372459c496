using FineTune.Torch;

namespace TorchSharp;

public static partial class torch
{
    public static IDisposable no_grad() => new GradMode(false);

    public static IDisposable enable_grad(bool enabled = true) => new GradMode(enabled);

    public static IDisposable set_grad_enabled(bool mode = true) => new GradMode(mode);

    public static IDisposable inference_mode(bool mode = true) => new InferenceMode(mode);

    public static bool is_grad_enabled() => Native.GradMode() != 0;

    public static DisposeScope NewDisposeScope() => new();

    public static DisposeScope? CurrentDisposeScope => DisposeScope.Current;

    public static unsafe class autograd
    {
        public static void backward(Tensor tensor, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null) =>
            backward([tensor], grad_tensors, retain_graph, create_graph, inputs);

        public static void backward(IList<Tensor> tensors, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null)
        {
            var outputs = Handles(tensors);
            var gradients = Handles(grad_tensors);
            var leaves = Handles(inputs);
            fixed (nint* o = outputs, g = gradients, l = leaves)
                Native.Check(Native.Backward(o, g, outputs.Length, gradients.Length, Keep(retain_graph), create_graph ? 1 : 0, l, leaves.Length));
            KeepAlive(tensors, grad_tensors, inputs);
        }

        /// <summary>Gradients of the sum of <paramref name="outputs"/>; an unused input's is null where that is allowed.</summary>
        public static IList<Tensor> grad(IList<Tensor> outputs, IList<Tensor> inputs, IList<Tensor>? grad_outputs = null, bool retain_graph = false, bool create_graph = false, bool allow_unused = false)
        {
            var o = Handles(outputs);
            var i = Handles(inputs);
            var g = Handles(grad_outputs);
            var results = new nint[i.Length];
            fixed (nint* po = o, pi = i, pg = g, pr = results)
                Native.Check(Native.AutogradGrad(po, o.Length, pi, i.Length, pg, g.Length, retain_graph || create_graph ? 1 : 0, create_graph ? 1 : 0, allow_unused ? 1 : 0, pr));
            KeepAlive(outputs, inputs, grad_outputs);
            return [.. results.Select(r => r == 0 ? null! : new Tensor(r))];
        }

        // the native half was given bare pointers: nobody else may still hold the tensors
        private static void KeepAlive(IList<Tensor> outputs, IList<Tensor>? a, IList<Tensor>? b)
        {
            GC.KeepAlive(outputs);
            GC.KeepAlive(a);
            GC.KeepAlive(b);
        }

        private static int Keep(bool? retain) => retain switch { null => -1, true => 1, false => 0 };

        private static nint[] Handles(IList<Tensor>? tensors) => tensors is null ? [] : [.. tensors.Select(t => t?.Handle ?? 0)];
    }

    private sealed class GradMode : IDisposable
    {
        private readonly int _before = Native.GradMode();

        public GradMode(bool on) => Native.SetGradMode(on ? 1 : 0);

        public void Dispose() => Native.SetGradMode(_before);
    }

    private sealed class InferenceMode(bool on) : IDisposable
    {
        private nint _guard = Native.InferenceMode(on ? 1 : 0);

        public void Dispose()
        {
            if (_guard != 0)
                Native.EndInferenceMode(_guard);
            _guard = 0;
        }
    }
}
