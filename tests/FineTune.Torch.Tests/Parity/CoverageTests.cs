using System.Reflection;
using System.Reflection.Emit;
using FineTune.Torch;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Parity;

/// <summary>What is spelled is compared: a member or an operator without a case fails here.</summary>
public sealed class CoverageTests
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    // Numbers that depend on nothing, the tensor's life, its place in memory, and the process around it: LifetimeTests,
    // RobustnessTests, RandomTests, TensorTests and ModuleTests hold these.
    private static readonly string[] Elsewhere =
    [
        "Tensor.Dispose", "Tensor.DetachFromDisposeScope", "Tensor.MoveToOuterDisposeScope", "Tensor.MoveToOtherDisposeScope", "Tensor.ToString",
        "Tensor.backward", "Tensor.detach_", "Tensor.requires_grad_", "Tensor.with_requires_grad", "Tensor.set_",
        "Tensor.numel", "Tensor.dim", "Tensor.size", "Tensor.stride", "Tensor.element_size", "Tensor.storage_offset", "Tensor.is_contiguous", "Tensor.is_cpu", "Tensor.is_floating_point",
        "Tensor.data", "Tensor.item", "Tensor.ToScalar", "Tensor.to", "Tensor.to_type", "Tensor.cpu", "Tensor.cuda", "Tensor.op_Implicit", "Tensor.op_Explicit",
        "torch.empty", "torch.empty_like", "torch.device", "torch.InitializeDeviceType", "torch.cuda_is_available",
        "torch.set_num_threads", "torch.get_num_threads", "torch.set_num_interop_threads", "torch.get_num_interop_threads",
        "torch.no_grad", "torch.enable_grad", "torch.set_grad_enabled", "torch.inference_mode", "torch.is_grad_enabled", "torch.NewDisposeScope", "torch.manual_seed",
        "init.CalculateFanInAndFanOut", "nn.Parameter", "nn.Sequential",
    ];

    private static readonly OpCode[] Codes = [.. typeof(OpCodes).GetFields().Select(f => (OpCode)f.GetValue(null)!)];

    [Fact]
    public void Every_member_that_computes_has_a_case()
    {
        var called = Called().ToHashSet();
        Type[] holders = [typeof(Tensor), typeof(torch), typeof(nn), typeof(nn.functional), typeof(nn.init)];

        var missing = holders.SelectMany(t => t.GetMethods(Declared))
            .Where(m => !m.IsSpecialName || m.Name.StartsWith("op_", StringComparison.Ordinal))
            .Where(m => !Elsewhere.Contains(Short(m)) && !called.Contains(m))
            .Select(m => $"{m.DeclaringType!.Name}: {m}");

        called.Count.ShouldBeGreaterThan(250);
        missing.ShouldBeEmpty();
    }

    [Fact]
    public void Nothing_is_excused_that_is_not_there() => Elsewhere.ShouldBeSubsetOf(
        new[] { typeof(Tensor), typeof(torch), typeof(nn), typeof(nn.functional), typeof(nn.init) }.SelectMany(t => t.GetMethods(Declared)).Select(Short));

    [Fact]
    public void Every_operator_is_in_this_libtorch()
    {
        var ops = typeof(Ops).GetFields(BindingFlags.Static | BindingFlags.NonPublic).Where(f => f.FieldType == typeof(Op)).ToArray();
        ops.Length.ShouldBeGreaterThan(200);
        var missing = ops.Where(f => Record.Exception(((Op)f.GetValue(null)!).Find) is not null).Select(f => f.Name);
        missing.ShouldBeEmpty();
    }

    [Fact]
    public void Every_operator_is_spelled_by_something()
    {
        var spelled = typeof(torch).Assembly.GetTypes().SelectMany(t => t.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .SelectMany(m => Tokens(m, OperandType.InlineField).Select(t => Resolve(() => m.Module.ResolveField(t, Arguments(m.DeclaringType), Arguments(m)))))
            .OfType<FieldInfo>().Where(f => f.DeclaringType == typeof(Ops)).Select(f => f.Name).ToHashSet();
        typeof(Ops).GetFields(BindingFlags.Static | BindingFlags.NonPublic).Select(f => f.Name).Where(n => !spelled.Contains(n)).ShouldBeEmpty();
    }

    private static string Short(MethodInfo m) => $"{m.DeclaringType!.Name}.{m.Name}";

    /// <summary>The methods that the bodies of the cases call, read from their instructions.</summary>
    private static IEnumerable<MethodBase> Called() => new[] { typeof(Cases) }.Concat(typeof(Cases).GetNestedTypes(BindingFlags.NonPublic))
        .SelectMany(t => t.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly))
        .SelectMany(m => Tokens(m, OperandType.InlineMethod).Select(t => Resolve(() => m.Module.ResolveMethod(t, Arguments(m.DeclaringType), Arguments(m)))))
        .OfType<MethodBase>();

    private static IEnumerable<int> Tokens(MethodInfo method, OperandType wanted)
    {
        var il = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (var k = 0; k < il.Length;)
        {
            var value = il[k] == 0xFE ? (short)(0xFE00 | il[k + 1]) : il[k];
            var code = Codes.First(c => c.Value == value);
            k += code.Size;
            if (code.OperandType == wanted)
                yield return BitConverter.ToInt32(il, k);
            k += code.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(il, k)),
                _ => 4,
            };
        }
    }

    private static Type[]? Arguments(Type? type) => type is { IsGenericType: true } ? type.GetGenericArguments() : null;

    private static Type[]? Arguments(MethodInfo method) => method.IsGenericMethod ? method.GetGenericArguments() : null;

    private static MemberInfo? Resolve(Func<MemberInfo?> resolve)
    {
        try
        {
            return resolve();
        }
        catch (ArgumentException)
        {
            return null; // an instruction of a generic body that names nothing of ours
        }
    }
}
