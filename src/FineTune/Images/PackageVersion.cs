using System.Reflection;

namespace FineTune.Images;

/// <summary>The version of the package that a type is from.</summary>
internal static class PackageVersion
{
    /// <summary>Such as 4.155.0: an assembly's own version often leaves the last numbers at 0.</summary>
    public static string Of(Type type)
    {
        var informational = type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        return informational?.Split('+')[0] ?? type.Assembly.GetName().Version?.ToString() ?? "?";
    }
}
