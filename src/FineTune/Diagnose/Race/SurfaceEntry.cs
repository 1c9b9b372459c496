namespace FineTune.Diagnose.Race;

/// <summary>A row of <see cref="Surfaces.Table"/>.</summary>
/// <param name="Name">As the command line writes it.</param>
/// <param name="Summary">What it shows, in a line.</param>
/// <param name="Make">The surface of its options.</param>
public sealed record SurfaceEntry(string Name, string Summary, Func<SurfaceOptions, Surface> Make);
