using static TorchSharp.torch;

namespace FineTune.Models.Graph;

/// <summary>A step of an <see cref="ExecutionPlan"/>.</summary>
/// <param name="Run">Computes it from its inputs; told whether the first may be overwritten.</param>
/// <param name="Inputs">The operations whose outputs it takes; <see cref="Node.StageInput"/> for what goes in.</param>
/// <param name="OutputIsFree">Whether no gradient needs its output.</param>
internal sealed record Operation(Func<Tensor[], bool, Tensor> Run, IReadOnlyList<int> Inputs, bool OutputIsFree);

/// <summary>
/// Operations in order, each of whose values is freed after its last use, and overwritten where it has one use and that is allowed.
/// </summary>
internal sealed class ExecutionPlan
{
    private readonly IReadOnlyList<Operation> _operations;
    private readonly int[][] _ends; // by operation: the values that it is the last to use
    private readonly bool[] _inPlace;

    /// <param name="operations">At least one; the last one's output comes out.</param>
    public ExecutionPlan(IReadOnlyList<Operation> operations)
    {
        _operations = operations;
        var (last, uses) = (new int[operations.Count], new int[operations.Count]);
        for (var k = 0; k < operations.Count; k++)
        {
            foreach (var input in operations[k].Inputs.Where(i => i >= 0))
                (last[input], uses[input]) = (k, uses[input] + 1);
        }

        _ends = [.. operations.Select((o, k) => o.Inputs.Where(i => i >= 0 && last[i] == k).Distinct().ToArray())];
        _inPlace = [.. operations.Select(o => o.Inputs[0] is >= 0 and var first && uses[first] == 1 && operations[first].OutputIsFree)];
    }

    /// <summary>The output; the input is left alone.</summary>
    public Tensor Run(Tensor input)
    {
        var values = new Tensor?[_operations.Count];
        for (var k = 0; k < values.Length; k++)
        {
            var inputs = _operations[k].Inputs;
            var x = new Tensor[inputs.Count];
            for (var i = 0; i < x.Length; i++)
                x[i] = inputs[i] < 0 ? input : values[inputs[i]]!;
            var y = _operations[k].Run(x, _inPlace[k]);
            foreach (var end in _ends[k])
            {
                if (!ReferenceEquals(values[end], y))
                    values[end]!.Dispose();
            }

            values[k] = ReferenceEquals(y, input) ? y.alias() : y;
        }

        return values[^1]!;
    }
}
