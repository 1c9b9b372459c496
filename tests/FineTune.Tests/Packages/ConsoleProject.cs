using FineTune.Tests.Cli;

namespace FineTune.Tests.Packages;

/// <summary>
/// A console project as <c>dotnet new console</c> makes one, in a folder of its own. It knows one source, a folder, and the packages that
/// the build of the tests has fetched; so it needs no network, and a package that is missing is an error at once.
/// </summary>
internal sealed class ConsoleProject : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("finetune-console-").FullName;

    /// <summary>Writes it.</summary>
    /// <param name="source">The folder of packages.</param>
    /// <param name="program">Program.cs.</param>
    /// <param name="references">Ids and versions.</param>
    public ConsoleProject(string source, string program, params (string Id, string Version)[] references)
    {
        var packages = references.Select(r => $"""<PackageReference Include="{r.Id}" Version="{r.Version}" />""");
        File.WriteAllText(PathOf("Program.cs"), program);
        File.WriteAllText(PathOf("app.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <NuGetAudit>false</NuGetAudit>
              </PropertyGroup>
              <ItemGroup>
                {string.Join("\n    ", packages)}
              </ItemGroup>
            </Project>
            """);
        File.WriteAllText(PathOf("nuget.config"), $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="packages" /></config>
              <packageSources><clear /><add key="local" value="{source}" /></packageSources>
              <fallbackPackageFolders><clear /><add key="at hand" value="{PackagesAtHand}" /></fallbackPackageFolders>
            </configuration>
            """);
    }

    /// <summary>Where NuGet keeps what it has fetched.</summary>
    public static string PackagesAtHand { get; } = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } set
        ? set
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    public string PathOf(string name) => Path.Combine(_root, name);

    /// <summary>Builds it and runs it.</summary>
    /// <param name="folder">The working folder.</param>
    /// <param name="arguments">The program's arguments.</param>
    public Outcome Run(string folder, params string[] arguments)
    {
        // The settings of the tests' own process would take the place of the project's; libtorch is linked where that can be done.
        string[] build = ["build", PathOf("app.csproj"), "-v", "quiet", "-nologo", "--tl:off", "-nodeReuse:false", "-warnaserror"];
        string[] settings = ["-p:UseSharedCompilation=false", "-p:CreateHardLinksForCopyLocalIfPossible=true"];
        var built = Finetune.RunProgram("env", ["-u", "NUGET_PACKAGES", "dotnet", .. build, .. settings]);
        built.Code.ShouldBe(0, built.Out + built.Error);
        string[] clean = ["-u", "FINETUNE_LIBTORCH", "-u", "FINETUNE_MODELS"];
        return Finetune.RunProgram("env", ["-C", folder, .. clean, "dotnet", PathOf("bin/Debug/net10.0/app.dll"), .. arguments]);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
