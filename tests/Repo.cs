namespace FineTune.Tests;

/// <summary>Where tests find the checkout and what lies beside it.</summary>
internal static class Repo
{
    /// <summary>The folder with FineTune.sln.</summary>
    public static string Root { get; } = Above(folder => File.Exists(Path.Combine(folder, "FineTune.sln")))
        ?? throw new InvalidOperationException("No FineTune.sln above the tests.");

    /// <summary>The folder <c>shared</c> beside the checkout or above it, or null.</summary>
    public static string? Shared { get; } = Above(folder => Directory.Exists(Path.Combine(folder, "shared", "real"))) is { } found
        ? Path.Combine(found, "shared")
        : null;

    /// <summary>A golden's path: "Augment/cases.json".</summary>
    public static string Goldens(string name) => Path.Combine(AppContext.BaseDirectory, "Goldens", name);

    private static string? Above(Func<string, bool> holds)
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (holds(folder))
                return folder;
        }

        return null;
    }
}
