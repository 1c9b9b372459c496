using FineTune.Torch;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>An n-dimensional array of libtorch. Freed by Dispose, by the scope it was made in, or at last by its handle.</summary>
    public partial class Tensor : IDisposable
    {
        private readonly TensorHandle _handle;

        internal Tensor(nint tensor)
        {
            _handle = new TensorHandle(tensor);
            DisposeScope.Current?.Attach(this);
        }

        /// <summary>Takes over the native tensor of <paramref name="other"/>, which is left invalid.</summary>
        private protected Tensor(Tensor other)
        {
            _handle = new TensorHandle(Native.Share(other.Handle));
            other.Scope?.Attach(this);
            other.Dispose();
        }

        public static long TotalCount => TensorHandle.Count;

        public static long PeakCount => TensorHandle.Peak;

        /// <summary>The at::Tensor.</summary>
        /// <exception cref="ObjectDisposedException">The tensor was disposed, or its scope ended.</exception>
        public IntPtr Handle => _handle.IsClosed ? throw new ObjectDisposedException(nameof(Tensor), "The tensor was disposed, or the scope it was made in ended.") : _handle.DangerousGetHandle();

        public bool IsInvalid => _handle.IsClosed || _handle.IsInvalid;

        public string? name { get; set; }

        public long ndim => Native.Dim(Handle);

        public long Dimensions => Native.Dim(Handle);

        public unsafe long[] shape
        {
            get
            {
                var sizes = new long[Native.Dim(Handle)];
                fixed (long* p = sizes)
                    Native.Sizes(Handle, p);
                return sizes;
            }
        }

        public ScalarType dtype => (ScalarType)Native.Dtype(Handle);

        public Device device => new(device_type, device_index);

        public unsafe DeviceType device_type
        {
            get
            {
                int type, index;
                Native.Device(Handle, &type, &index);
                return (DeviceType)type;
            }
        }

        public unsafe int device_index
        {
            get
            {
                int type, index;
                Native.Device(Handle, &type, &index);
                return index;
            }
        }

        public bool is_cuda => device_type == DeviceType.CUDA;

        public bool is_meta => device_type == DeviceType.META;

        public bool is_leaf => (Native.Flags(Handle) & 4) != 0;

        public bool is_sparse => (Native.Flags(Handle) & 8) != 0;

        public long NumberOfElements => Native.Numel(Handle);

        public long ElementSize => Native.ElementSize(Handle);

        public bool requires_grad
        {
            get => (Native.Flags(Handle) & 2) != 0;
            set => Native.Check(Native.SetRequiresGrad(Handle, value ? 1 : 0));
        }

        /// <summary>The accumulated gradient, or null.</summary>
        public Tensor? grad
        {
            get
            {
                var g = Native.Grad(Handle);
                GC.KeepAlive(this);
                return g != 0 ? new Tensor(g) : null;
            }

            set
            {
                Native.Check(Native.SetGrad(Handle, value?.Handle ?? 0));
                GC.KeepAlive(this);
                GC.KeepAlive(value);
            }
        }

        internal DisposeScope? Scope { get; set; }

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        public long numel() => Native.Numel(Handle);

        public long dim() => Native.Dim(Handle);

        public long[] size() => shape;

        public long size(int dim)
        {
            var sizes = shape;
            return sizes[dim < 0 ? dim + sizes.Length : dim];
        }

        public unsafe long[] stride()
        {
            var strides = new long[ndim];
            fixed (long* p = strides)
                Native.Check(Native.Strides(Handle, p));
            GC.KeepAlive(this);
            return strides;
        }

        public long stride(int dim)
        {
            var strides = stride();
            return strides[dim < 0 ? dim + strides.Length : dim];
        }

        public long element_size() => ElementSize;

        public long storage_offset() => Native.StorageOffset(Handle);

        public bool is_contiguous() => (Native.Flags(Handle) & 1) != 0;

        public bool is_cpu() => device_type == DeviceType.CPU;

        public bool is_floating_point() => dtype is ScalarType.Float32 or ScalarType.Float64 or ScalarType.Float16 or ScalarType.BFloat16;

        public Tensor requires_grad_(bool requires_grad = true) => with_requires_grad(requires_grad);

        public Tensor with_requires_grad(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        public Tensor DetachFromDisposeScope()
        {
            Scope?.Detach(this);
            return this;
        }

        public Tensor MoveToOuterDisposeScope()
        {
            Scope?.MoveToOuter(this);
            return this;
        }

        public Tensor MoveToOtherDisposeScope(DisposeScope? other)
        {
            if (other is null)
                return DetachFromDisposeScope();
            other.Attach(this);
            return this;
        }

        public void backward() => autograd.backward(this);

        public void backward(IList<Tensor>? grad_tensors = null, bool retain_graph = false, bool create_graph = false, IList<Tensor>? inputs = null) =>
            autograd.backward([this], grad_tensors, retain_graph, create_graph, inputs);

        public override string ToString() => IsInvalid ? "[disposed]" : $"[{string.Join("x", shape)}], type = {dtype}, device = {device}";

        protected virtual void Dispose(bool disposing)
        {
            Scope?.MarkAsDisposed(this);
            Scope = null;
            _handle.Dispose();
        }
    }
}
