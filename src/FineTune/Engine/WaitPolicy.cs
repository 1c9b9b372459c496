namespace FineTune.Engine;

/// <summary>
/// libgomp's threads spin some milliseconds at the end of each loop before they sleep. Where another process wants the same
/// cores, each spins until the other's turn is over, and both slow down fourfold and more. 3,000 spins cost nothing that could be
/// measured where the cores are free; 1,000 cost up to a fifth in small layers. What the user says in the environment has precedence.
/// </summary>
internal static class WaitPolicy
{
    private const string SpinsBeforeSleep = "3000";

    /// <summary>Shortens the wait. To be called before libgomp is loaded: it reads the environment then.</summary>
    public static void WaitBriefly()
    {
        if (OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is null)
            _ = LibC.SetEnvironment("GOMP_SPINCOUNT", SpinsBeforeSleep, overwrite: 0);
    }
}
