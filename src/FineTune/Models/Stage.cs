using FineTune.Models.Graph;
using FineTune.Models.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FineTune.Models;

/// <summary>A named part of a network, from input to head: the place where a freeze line can be drawn.</summary>
public sealed class Stage
{
    private readonly Func<IReadOnlyList<(string Name, nn.Module<Tensor, Tensor> Module)>>? _chain;
    private readonly List<nn.Module<Tensor, Tensor>> _appended = [];
    private IReadOnlyList<Step> _steps;
    private ExecutionPlan? _plan;

    /// <summary>A stage that is one module of the network's root.</summary>
    /// <param name="name">The stage's name, and the module's in the state dict.</param>
    /// <param name="module">The module.</param>
    public Stage(string name, nn.Module<Tensor, Tensor> module)
        : this(name, () => [(name, module)])
    {
    }

    /// <summary>A stage of modules that run one after another.</summary>
    /// <param name="name">The stage's name, such as "stem".</param>
    /// <param name="chain">The modules, each with its name in the state dict; asked again when the network's head was replaced.</param>
    public Stage(string name, Func<IReadOnlyList<(string Name, nn.Module<Tensor, Tensor> Module)>> chain)
    {
        (Name, _chain, _steps) = (name, chain, StepsOf(chain()));
    }

    /// <summary>A stage of a described network.</summary>
    internal Stage(string name, IReadOnlyList<Step> steps) => (Name, _steps) = (name, steps);

    /// <summary>Its name, such as "layer3".</summary>
    public string Name { get; }

    /// <summary>Its layers, in the order in which they run.</summary>
    internal IReadOnlyList<Step> Steps => _steps;

    /// <summary>Layers without parameters that run after it.</summary>
    internal IReadOnlyList<nn.Module<Tensor, Tensor>> Appended => _appended;

    /// <summary>What it computes. Its input is left alone; its output is a new tensor.</summary>
    public Tensor Forward(Tensor input)
    {
        _plan ??= new ExecutionPlan([.. _steps.Select(s => new Operation(s.Run, s.Inputs, s.OutputIsFree))]);
        return After(_plan.Run(input));
    }

    /// <summary>What its last layer takes, which is left out; its input is freed.</summary>
    internal Tensor ForwardWithoutLast(Tensor input)
    {
        if (Steps.Count == 1)
            return input;
        return input.Replace(
            new ExecutionPlan([.. Steps.SkipLast(1).Select(s => new Operation(s.Run, s.Inputs, s.OutputIsFree))]).Run(input));
    }

    /// <summary>The same in inference form: batch norms folded into convolutions. Weights are copied: later changes are not seen.</summary>
    /// <param name="owned">Given the copies, to be freed with the form.</param>
    internal Func<Tensor, Tensor> Folded(ICollection<IDisposable> owned)
    {
        var plan = InferenceForm.Plan(_steps, owned);
        return input => After(plan.Run(input));
    }

    /// <summary>Parameters under the names that the network's state dict gives them.</summary>
    public IEnumerable<(string Name, Parameter Parameter)> NamedParameters() => _steps.SelectMany(s => s.NamedParameters);

    /// <summary>Buffers under the names that the network's state dict gives them.</summary>
    public IEnumerable<(string Name, Tensor Buffer)> NamedBuffers() =>
        _steps.SelectMany(s => s.Module is null ? [] : s.Module.named_buffers().Select(b => ($"{s.Key}.{b.name}", b.buffer)));

    /// <summary>All modules of the stage under their full names, nested ones included.</summary>
    public IEnumerable<(string Name, nn.Module Module)> NamedModules() =>
        _steps.SelectMany(
            s => s.Module is null ? [] : s.Module.named_modules().Select(c => ($"{s.Key}.{c.name}", c.module)).Prepend((s.Key, s.Module)));

    /// <summary>Whether a name of the state dict is of one of its modules, those of another head included.</summary>
    internal bool Owns(string name) =>
        _steps.Any(s => s.Key.Length > 0 && (name == s.Key || name.StartsWith(s.Key + ".", StringComparison.Ordinal)));

    /// <summary>Sets its modules to training or to inference.</summary>
    public void Train(bool training)
    {
        foreach (var module in _steps.SelectMany(s => s.Modules).Concat(_appended))
            module.train(training);
    }

    /// <summary>Takes up that a layer was replaced.</summary>
    internal void Changed()
    {
        _plan = null;
        if (_chain is not null)
            _steps = StepsOf(_chain());
    }

    internal void Substitute(Step step, nn.Module<Tensor, Tensor> module)
    {
        step.Substitute = module;
        _plan = null;
    }

    internal void Append(nn.Module<Tensor, Tensor> module) => _appended.Add(module);

    private Tensor After(Tensor x)
    {
        foreach (var layer in _appended)
            x = x.Replace(layer.call(x));
        return x;
    }

    /// <summary>An application's modules: nothing is known of them, but sequentials are opened.</summary>
    private static List<Step> StepsOf(IReadOnlyList<(string Name, nn.Module<Tensor, Tensor> Module)> chain)
    {
        var steps = new List<Step>();
        foreach (var (name, module) in chain.SelectMany(m => Opened(m.Name, m.Module)))
            steps.Add(new Step(name, new Opaque(), [steps.Count - 1], module));
        return steps;
    }

    private static IEnumerable<(string Name, nn.Module<Tensor, Tensor> Module)> Opened(string name, nn.Module<Tensor, Tensor> module) =>
        module.GetType() == typeof(Sequential) && module.named_children().ToArray() is { Length: > 0 } children
            && children.All(c => c.module is nn.Module<Tensor, Tensor>)
            ? children.SelectMany(c => Opened($"{name}.{c.name}", (nn.Module<Tensor, Tensor>)c.module))
            : [(name, module)];
}
