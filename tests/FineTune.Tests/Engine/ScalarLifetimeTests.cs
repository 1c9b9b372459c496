using FineTune.Engine;
using FineTune.Export;
using Mono.Cecil;
using TorchSharp;

namespace FineTune.Tests.Engine;

/// <summary>
/// TorchSharp's operators with numbers make a Scalar that nothing holds while libtorch reads it, so a garbage collection on
/// another thread can free it too early. No code of FineTune's lets TorchSharp do that.
/// </summary>
public sealed class ScalarLifetimeTests
{
    [Fact]
    public void Only_TensorArithmetic_makes_scalars()
    {
        using var torchSharp = ModuleDefinition.ReadModule(typeof(Scalar).Assembly.Location);
        var makers = MakersOfScalars(torchSharp);
        makers.ShouldContain(m => m.Contains("Tensor::op_Multiply(TorchSharp.torch/Tensor,System.Double)", StringComparison.Ordinal));
        makers.ShouldContain(
            m => m.Contains("Tensor::op_Addition(TorchSharp.torch/Tensor,TorchSharp.torch/Tensor)", StringComparison.Ordinal));
        var found = new List<string>();
        foreach (var assembly in new[] { typeof(TorchEngine).Assembly, typeof(OnnxExport).Assembly })
        {
            using var module = ModuleDefinition.ReadModule(assembly.Location);
            found.AddRange(Methods(module).Where(m => m.DeclaringType.Name != nameof(TensorArithmetic))
                .SelectMany(m => Calls(m).Where(c => MakesScalar(c) || makers.Contains(c.FullName))
                    .Select(c => $"{m.DeclaringType.Name}.{m.Name}: {c.Name}")));
        }

        found.ShouldBeEmpty();
    }

    /// <summary>Methods of TorchSharp that make a Scalar from a number by themselves, or by another one.</summary>
    private static HashSet<string> MakersOfScalars(ModuleDefinition module)
    {
        var methods = Methods(module).Where(m => m.DeclaringType.Name is not ("Scalar" or "ScalarExtensionMethods")).ToArray();
        var makers = methods.Where(m => Calls(m).Any(MakesScalar)).Select(m => m.FullName).ToHashSet(StringComparer.Ordinal);
        for (var before = 0; before < makers.Count;)
        {
            before = makers.Count;
            makers.UnionWith(methods.Where(m => Calls(m).Any(c => makers.Contains(c.FullName))).Select(m => m.FullName).ToArray());
        }

        return makers;
    }

    private static bool MakesScalar(MethodReference method) =>
        method.DeclaringType.Name is "Scalar" or "ScalarExtensionMethods" && method.ReturnType.Name == "Scalar";

    private static IEnumerable<MethodDefinition> Methods(ModuleDefinition module) =>
        module.GetTypes().SelectMany(t => t.Methods).Where(m => m.HasBody);

    private static IEnumerable<MethodReference> Calls(MethodDefinition method) =>
        method.Body.Instructions.Select(i => i.Operand).OfType<MethodReference>().Select(r => r.GetElementMethod());
}
