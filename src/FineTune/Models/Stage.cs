using static TorchSharp.torch;

namespace FineTune.Models;

/// <summary>A named step of a network, from input to head: the place where a freeze line can be drawn.</summary>
public sealed class Stage
{
    private readonly Func<IReadOnlyList<(string Name, nn.Module<Tensor, Tensor> Module)>> _chain;
    private readonly Dictionary<string, nn.Module<Tensor, Tensor>> _substitutes = [];
    private readonly List<nn.Module<Tensor, Tensor>> _appended = [];

    /// <summary>A stage that is one module of the network's root.</summary>
    /// <param name="name">The stage's name, and the module's in the state dict.</param>
    /// <param name="module">The module.</param>
    public Stage(string name, nn.Module<Tensor, Tensor> module)
        : this(name, () => [(name, module)])
    {
    }

    /// <summary>A stage of modules that run one after another.</summary>
    /// <param name="name">The stage's name, such as "stem".</param>
    /// <param name="chain">The modules, each with its name in the state dict; asked at each use, so that a replaced one is found.</param>
    public Stage(string name, Func<IReadOnlyList<(string Name, nn.Module<Tensor, Tensor> Module)>> chain)
    {
        (Name, _chain) = (name, chain);
    }

    /// <summary>Its name, such as "layer3".</summary>
    public string Name { get; }

    /// <summary>The modules that run, in order: substitutes in place of what they stand for, and what was appended.</summary>
    public IReadOnlyList<nn.Module<Tensor, Tensor>> Chain => [.. _chain().Select(m => _substitutes.GetValueOrDefault(m.Name, m.Module)), .. _appended];

    /// <summary>The modules that the network was built with, under their names in the state dict.</summary>
    internal IReadOnlyList<(string Name, nn.Module<Tensor, Tensor> Module)> Built => _chain();

    /// <summary>What it computes. Its input is left alone; its output is a new tensor.</summary>
    public Tensor Forward(Tensor input)
    {
        var chain = Chain;
        var x = chain[0].call(input);
        for (var k = 1; k < chain.Count; k++)
            x = x.Into(chain[k]);
        return x;
    }

    /// <summary>Parameters under the names that the network's state dict gives them.</summary>
    public IEnumerable<(string Name, TorchSharp.Modules.Parameter Parameter)> NamedParameters() =>
        _chain().SelectMany(m => m.Module.named_parameters().Select(p => ($"{m.Name}.{p.name}", p.parameter)));

    /// <summary>Buffers under the names that the network's state dict gives them.</summary>
    public IEnumerable<(string Name, Tensor Buffer)> NamedBuffers() =>
        _chain().SelectMany(m => m.Module.named_buffers().Select(b => ($"{m.Name}.{b.name}", b.buffer)));

    /// <summary>All modules of the stage under their full names, nested ones included.</summary>
    public IEnumerable<(string Name, nn.Module Module)> NamedModules() =>
        _chain().SelectMany(m => m.Module.named_modules().Select(c => ($"{m.Name}.{c.name}", c.module)).Prepend((m.Name, m.Module)));

    /// <summary>Whether a name of the state dict is of one of its modules, those of another head included.</summary>
    internal bool Owns(string name) => Built.Any(m => name.StartsWith(m.Name + ".", StringComparison.Ordinal));

    /// <summary>Sets its modules to training or to inference.</summary>
    public void Train(bool training)
    {
        foreach (var module in _chain().Select(m => m.Module).Concat(_substitutes.Values).Concat(_appended))
            module.train(training);
    }

    internal void Substitute(string name, nn.Module<Tensor, Tensor> module) => _substitutes[name] = module;

    internal void Append(nn.Module<Tensor, Tensor> module) => _appended.Add(module);
}
