using System.Runtime.CompilerServices;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>One place between the brackets: a position, a slice, a new axis, "the rest", or a tensor of positions.</summary>
    public readonly struct TensorIndex
    {
        public static TensorIndex Ellipsis = new(Kinds.Ellipsis);
        public static TensorIndex None = new(Kinds.None);
        public static TensorIndex Colon = new(Kinds.Slice);

        private TensorIndex(Kinds kind) => Kind = kind;

        internal enum Kinds
        {
            Single,
            Slice,
            None,
            Ellipsis,
            Tensor,
        }

        internal Kinds Kind { get; private init; }

        internal long? First { get; private init; }

        internal long? Last { get; private init; }

        internal long? Step { get; private init; }

        internal Tensor? Positions { get; private init; }

        public static implicit operator TensorIndex(long value) => Single(value);

        public static implicit operator TensorIndex(Range range) => Slice(range);

        public static TensorIndex Single(long? index) => new(Kinds.Single) { First = index };

        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) => new(Kinds.Slice) { First = start, Last = stop, Step = step };

        public static TensorIndex Slice(Range range) => Slice(
            range.Start.IsFromEnd ? -range.Start.Value : range.Start.Value,
            !range.End.IsFromEnd ? range.End.Value : range.End.Value == 0 ? null : -range.End.Value);

        public static TensorIndex Tensor(Tensor tensor) => new(Kinds.Tensor) { Positions = tensor };
    }

    public partial class Tensor
    {
        [IndexerName("TensorItems")]
        public Tensor this[params TensorIndex[] indices]
        {
            get => index(indices);
            set => Assign(index(indices), value);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1]
        {
            get => select(0, i1);
            set => Assign(select(0, i1), value);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2]
        {
            get => select(0, i1).select(0, i2);
            set => Assign(select(0, i1).select(0, i2), value);
        }

        public Tensor index(params TensorIndex[] indices)
        {
            var consumed = indices.Count(i => i.Kind is not (TensorIndex.Kinds.None or TensorIndex.Kinds.Ellipsis));
            var view = this;
            var dim = 0L;
            foreach (var i in indices)
            {
                switch (i.Kind)
                {
                    case TensorIndex.Kinds.Single:
                        view = view.select(dim, i.First!.Value);
                        break;
                    case TensorIndex.Kinds.Slice:
                        view = view.slice(dim++, i.First ?? 0, i.Last ?? long.MaxValue, i.Step ?? 1);
                        break;
                    case TensorIndex.Kinds.None:
                        view = view.unsqueeze(dim++);
                        break;
                    case TensorIndex.Kinds.Ellipsis:
                        dim += ndim - consumed;
                        break;
                    default:
                        view = view.index_select(dim++, i.Positions!);
                        break;
                }
            }

            return view;
        }

        private static void Assign(Tensor view, Tensor value) => view.copy_(value);
    }
}
