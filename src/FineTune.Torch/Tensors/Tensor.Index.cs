using System.Runtime.CompilerServices;
using FineTune.Torch;

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
            set => Put(indices, value);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1]
        {
            get => select(0, i1);
            set => Put([i1], value);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2]
        {
            get => index(i1, i2);
            set => Put([i1, i2], value);
        }

        /// <summary>As PyTorch indexes: several tensors of positions are broadcast and paired, a mask stands for its dimensions.</summary>
        public Tensor index(params TensorIndex[] indices)
        {
            var (view, positions) = View(indices);
            if (positions is null)
                return ReferenceEquals(view, this) ? alias() : view;
            var result = Ops.Index.Call(view, Arg.Optional(positions));
            Release(view);
            return result;
        }

        private void Put(TensorIndex[] indices, Tensor value)
        {
            var (view, positions) = View(indices);
            if (positions is null)
                view.copy_(value);
            else
                Ops.IndexPut_.Run(view, Arg.Optional(positions), value);
            Release(view);
        }

        /// <summary>What numbers, slices and new axes make of the tensor, and the positions still to look up in it, null for a whole dimension.</summary>
        private (Tensor View, Tensor?[]? Positions) View(TensorIndex[] indices)
        {
            var consumed = indices.Sum(i => i.Kind is TensorIndex.Kinds.None or TensorIndex.Kinds.Ellipsis ? 0 : Width(i));
            var view = this;
            var dim = 0L;
            var positions = new List<Tensor?>();
            foreach (var i in indices)
            {
                switch (i.Kind)
                {
                    case TensorIndex.Kinds.Single:
                        Step(view.select(dim, i.First!.Value));
                        continue;
                    case TensorIndex.Kinds.Slice:
                        Step(view.slice(dim, i.First ?? 0, i.Last ?? long.MaxValue, i.Step ?? 1));
                        break;
                    case TensorIndex.Kinds.None:
                        Step(view.unsqueeze(dim));
                        break;
                    case TensorIndex.Kinds.Ellipsis:
                        var skipped = Math.Max(0, ndim - consumed);
                        dim += skipped;
                        positions.AddRange(new Tensor?[skipped]);
                        continue;
                }

                dim += Width(i);
                positions.Add(i.Positions);
            }

            return (view, positions.Exists(p => p is not null) ? [.. positions] : null);

            void Step(Tensor next)
            {
                Release(view);
                view = next;
            }
        }

        private static long Width(TensorIndex i) => i.Positions is { dtype: ScalarType.Bool or ScalarType.Byte } mask ? mask.ndim : 1;

        private void Release(Tensor view)
        {
            if (!ReferenceEquals(view, this))
                view.Dispose();
        }
    }
}
