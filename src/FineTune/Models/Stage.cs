using static TorchSharp.torch;

namespace FineTune.Models;

/// <summary>A named step of a network, from input to head: the place where a freeze line can be drawn.</summary>
public sealed class Stage
{
    private readonly Func<IEnumerable<(string Name, nn.Module Module)>> _modules;

    /// <summary>A stage that is one module of the network's root.</summary>
    /// <param name="name">The stage's name, and the module's in the state dict.</param>
    /// <param name="module">The module.</param>
    public Stage(string name, nn.Module<Tensor, Tensor> module)
    {
        (Name, Forward, _modules) = (name, module.call, () => [(name, module)]);
    }

    /// <summary>A stage of some of the root's children, looked up at each use, so that a replaced head is found.</summary>
    /// <param name="name">The stage's name, such as "stem".</param>
    /// <param name="root">The module whose state dict names the parameters.</param>
    /// <param name="children">Names of the root's children that belong to the stage.</param>
    /// <param name="forward">What it computes. It leaves its input alone and returns a new tensor.</param>
    public Stage(string name, nn.Module root, IReadOnlyCollection<string> children, Func<Tensor, Tensor> forward)
    {
        (Name, Forward, _modules) = (name, forward, () => root.named_children().Where(c => children.Contains(c.name)));
    }

    /// <summary>Its name, such as "layer3".</summary>
    public string Name { get; }

    /// <summary>What it computes. Its input is left alone; its output is a new tensor.</summary>
    public Func<Tensor, Tensor> Forward { get; }

    /// <summary>Parameters under the names that the network's state dict gives them.</summary>
    public IEnumerable<(string Name, TorchSharp.Modules.Parameter Parameter)> NamedParameters() =>
        _modules().SelectMany(m => m.Module.named_parameters().Select(p => ($"{m.Name}.{p.name}", p.parameter)));

    /// <summary>Buffers under the names that the network's state dict gives them.</summary>
    public IEnumerable<(string Name, Tensor Buffer)> NamedBuffers() =>
        _modules().SelectMany(m => m.Module.named_buffers().Select(b => ($"{m.Name}.{b.name}", b.buffer)));

    /// <summary>All modules of the stage under their full names, nested ones included.</summary>
    public IEnumerable<(string Name, nn.Module Module)> NamedModules() =>
        _modules().SelectMany(m => m.Module.named_modules().Select(c => ($"{m.Name}.{c.name}", c.module)).Prepend(m));

    /// <summary>Sets its modules to training or to inference.</summary>
    public void Train(bool training)
    {
        foreach (var (_, module) in _modules())
            module.train(training);
    }
}
