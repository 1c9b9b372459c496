using System.Globalization;
using System.Reflection;
using FineTune.Tests;

namespace TorchSharp.Tests;

/// <summary>The drop-in has no spelling that the package does not have.</summary>
public sealed class ApiConformanceTests
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    // The list names the interface of Tensor's accessor but not its namespace, so it cannot be held against it.
    private static readonly string[] Unlisted = ["TorchSharp.Utils"];

    [SkippableFact]
    public void Every_public_member_is_spelled_as_the_package_spells_it()
    {
        Skip.If(Repo.Shared is null, "The list of the package's members is not beside the repository.");
        var listed = File.ReadLines(Path.Combine(Repo.Shared!, "torchsharp-api.txt")).ToHashSet(StringComparer.Ordinal);

        var ours = typeof(torch).Assembly.GetTypes()
            .Where(t => t.Namespace?.StartsWith("TorchSharp", StringComparison.Ordinal) == true && !Unlisted.Contains(t.Namespace) && IsVisible(t))
            .SelectMany(Lines)
            .ToArray();

        ours.Length.ShouldBeGreaterThan(500);
        ours.Where(line => !listed.Contains(line)).ShouldBeEmpty();
    }

    [Fact]
    public void A_planted_member_is_printed_as_the_list_prints_it()
    {
        Lines(typeof(Planted)).ShouldContain("method TorchSharp.Tests.ApiConformanceTests+Planted.run(System.Int64[] dim, System.Boolean keepdim = False, System.Nullable`1[System.Double] eps = null) : System.Void");
    }

    private static bool IsVisible(Type type) =>
        type.IsNested ? (type.IsNestedPublic || type.IsNestedFamily || type.IsNestedFamORAssem) && IsVisible(type.DeclaringType!) : type.IsPublic;

    private static IEnumerable<string> Lines(Type type)
    {
        yield return $"type {type} : {Kind(type)} : {type.BaseType}";
        if (typeof(Delegate).IsAssignableFrom(type))
            yield break;
        foreach (var member in type.GetMembers(Declared))
        {
            var line = member switch
            {
                FieldInfo f when (f.IsPublic || f.IsFamily || f.IsFamilyOrAssembly) && !f.IsSpecialName => $"{Static(f.IsStatic)}field {type}.{f.Name} : {f.FieldType}",
                PropertyInfo p when Accessors(p) is { Length: > 0 } a => $"{Static(p.GetAccessors(true)[0].IsStatic)}property {type}.{p.Name}{Index(p)} : {p.PropertyType} {{ {a} }}",
                ConstructorInfo c when Visible(c) && !c.IsStatic => $"method {type}..ctor({Parameters(c)}) : void",
                MethodInfo m when Visible(m) && !IsAccessor(m) => $"{Static(m.IsStatic)}method {type}.{m.Name}{Generics(m)}({Parameters(m)}) : {m.ReturnType}",
                _ => null,
            };
            if (line is not null)
                yield return line;
        }
    }

    private static string Kind(Type t) =>
        typeof(Delegate).IsAssignableFrom(t) ? "delegate" :
        t.IsEnum ? "enum" :
        t.IsInterface ? "interface" :
        t.IsValueType ? "struct" :
        t is { IsAbstract: true, IsSealed: true } ? "static class" :
        t.IsAbstract ? "abstract class" : "class";

    private static string Static(bool yes) => yes ? "static " : string.Empty;

    private static bool Visible(MethodBase m) => m.IsPublic || m.IsFamily || m.IsFamilyOrAssembly;

    private static bool IsAccessor(MethodInfo m) => m.IsSpecialName && !m.Name.StartsWith("op_", StringComparison.Ordinal);

    private static string Accessors(PropertyInfo p) => string.Join(
        " ",
        new[] { p.GetMethod is { } g && Visible(g) ? "get" : null, p.SetMethod is { } s && Visible(s) ? "set" : null }.Where(x => x is not null));

    private static string Index(PropertyInfo p) => p.GetIndexParameters() is { Length: > 0 } i ? $"[{Join(i)}]" : string.Empty;

    private static string Generics(MethodInfo m) => m.IsGenericMethod ? $"<{string.Join(",", m.GetGenericArguments().Select(a => a.Name))}>" : string.Empty;

    private static string Parameters(MethodBase m) => Join(m.GetParameters());

    private static string Join(ParameterInfo[] parameters) => string.Join(", ", parameters.Select(p =>
        (p.IsDefined(typeof(ParamArrayAttribute)) ? "params " : string.Empty) + $"{p.ParameterType} {p.Name}" + Default(p)));

    private static string Default(ParameterInfo p) => !p.HasDefaultValue ? string.Empty : " = " + p.DefaultValue switch
    {
        null => "null",
        Enum e => Convert.ToInt64(e, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture),
        IFormattable f => f.ToString(null, CultureInfo.InvariantCulture),
        var o => o.ToString(),
    };

    private class Planted
    {
#pragma warning disable IDE0060
        public void run(long[] dim, bool keepdim = false, double? eps = null)
        {
        }
#pragma warning restore IDE0060
    }
}
