namespace FineTune.Tests;

/// <summary>Where the tests find the repository, its goldens, and the material that stands beside it on some machines.</summary>
internal static class Repo
{
    /// <summary>The folder of FineTune.sln.</summary>
    public static string Root { get; } = Above(AppContext.BaseDirectory, d => File.Exists(Path.Combine(d, "FineTune.sln")))
        ?? throw new InvalidOperationException("The tests run from a build inside the repository.");

    /// <summary>The folder of real weights, photographs and API lists beside the repository, or null.</summary>
    public static string? Shared { get; } = Existing(Path.Combine(Root, "..", "shared"));

    /// <summary>A golden file, copied beside the tests.</summary>
    public static string Golden(params string[] parts) => Path.Combine([AppContext.BaseDirectory, "Goldens", .. parts]);

    private static string? Existing(string folder) => Directory.Exists(folder) ? Path.GetFullPath(folder) : null;

    private static string? Above(string? folder, Func<string, bool> found)
    {
        while (folder is not null && !found(folder))
            folder = Path.GetDirectoryName(folder);
        return folder;
    }
}
