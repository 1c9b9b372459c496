using FineTune.Diagnose.Race;

namespace FineTune.Tests.Diagnose;

/// <summary>What the lecture says of the rules (cs231n, lecture 7), in numbers.</summary>
public sealed class RaceTests
{
    private static readonly Surface Ravine = Surfaces.Find("ravine", new SurfaceOptions());

    [Fact]
    public void Sgd_zigzags_in_a_ravine_and_creeps_along_it()
    {
        var sgd = Run(Ravine, new NamedSpec("sgd"), 50);
        sgd.Crossings.ShouldBe(50); // each step crosses the floor
        sgd.Points[50].X.ShouldBe(-Math.Pow(1 - sgd.Lr, 50), 1e-12); // and the flat coordinate decays as slowly as theory says
        sgd.Points[50].X.ShouldBeLessThan(-0.35);
    }

    [Fact]
    public void Momentum_overshoots_and_returns_where_sgd_does_not()
    {
        var momentum = Run(Ravine, new NamedSpec("momentum"), 200);
        momentum.Overshoot.ShouldBeInRange(0.1, 0.3);
        momentum.Outcome.ShouldBe(Outcome.Arrived);
        momentum.Points[^1].Length.ShouldBeLessThan(0.001);
        Run(Ravine, new NamedSpec("sgd"), 200).Overshoot.ShouldBe(0);
        momentum.StepsToTolerance!.Value.ShouldBeLessThan(Run(Ravine, new NamedSpec("sgd"), 200).StepsToTolerance!.Value / 3);
    }

    [Fact]
    public void Newton_lands_in_one_step_on_a_quadratic_of_any_condition()
    {
        foreach (var condition in new[] { 1.0, 100, 1e6 })
        {
            var newton = Run(Surfaces.Find("ravine", new SurfaceOptions { Condition = condition }), new NamedSpec("newton"), 3);
            newton.StepsToTolerance.ShouldBe(1);
            newton.Points[1].Length.ShouldBeLessThan(1e-12);
        }
    }

    [Fact]
    public void Newton_is_drawn_to_a_saddle_that_sgd_leaves()
    {
        var saddle = Surfaces.Find("saddle", new SurfaceOptions());
        Run(saddle, new NamedSpec("newton"), 100).Outcome.ShouldBe(Outcome.Stuck);
        Run(saddle, new NamedSpec("sgd"), 100).Outcome.ShouldBe(Outcome.Arrived);
    }

    [Fact]
    public void Too_high_a_rate_diverges_and_is_stopped()
    {
        Run(Ravine, new NamedSpec("sgd").With("lr", 0.0199), 100).Outcome.ShouldNotBe(Outcome.Diverged); // 2 / L is 0.02
        var sgd = Run(Ravine, new NamedSpec("sgd").With("lr", 0.03), 5000);
        sgd.Outcome.ShouldBe(Outcome.Diverged);
        sgd.Points.Count.ShouldBeLessThan(30);
    }

    [Fact]
    public void AdaGrad_slows_down()
    {
        var adagrad = Run(Ravine, new NamedSpec("adagrad"), 50);
        var steps = adagrad.StepLengths.ToArray();
        steps[49].ShouldBeLessThan(steps[0] / 10); // so short
        adagrad.Points[50].X.ShouldBeInRange(-0.45, -0.38); // and 0.4 of the way still to go
        Run(Ravine, new NamedSpec("adam"), 50).Points[50].Length.ShouldBeLessThan(0.15);
    }

    [Fact]
    public void The_page_on_races_says_what_they_show()
    {
        var page = File.ReadAllText(Path.Combine(Repo.Root, "docs", "race.md"));
        var arrived = new[] { "sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "newton" }
            .ToDictionary(name => name, name => Run(Ravine, new NamedSpec(name), 200).StepsToTolerance.ShouldNotBeNull(name));
        arrived.MaxBy(a => a.Value).Key.ShouldBe("adagrad");
        page.ShouldContain($"AdaGrad's steps shrink, and it arrives last, at step {arrived["adagrad"]} (SGD at {arrived["sgd"]});");

        page.ShouldContain("need hundreds of steps along it, SGD thousands");
        var valley = Surfaces.Find("rosenbrock", new SurfaceOptions());
        foreach (var (name, low, high) in new[] { ("momentum", 100, 999), ("adam", 100, 999), ("sgd", 1000, 9999) })
            Run(valley, new NamedSpec(name), 5000).StepsToTolerance.ShouldNotBeNull(name).ShouldBeInRange(low, high, name);
    }

    [Fact]
    public void Bias_correction_tames_the_first_step_of_adam()
    {
        var with = Run(Ravine, new NamedSpec("adam").With("lr", 0.05), 1);
        var without = Run(Ravine, new NamedSpec("adam").With("lr", 0.05).With("bias_correction", false), 1);
        with.StepLengths.Single().ShouldBe(0.05 * Math.Sqrt(2), 1e-8); // lr each way
        // (1 - beta1) / sqrt(1 - beta2) of it: 3.16
        without.StepLengths.Single().ShouldBe(0.05 * Math.Sqrt(2) * 0.1 / Math.Sqrt(0.001), 1e-6);
    }

    [Fact]
    public void Every_rule_finds_the_floor_of_the_ravine_at_its_default_rate()
    {
        foreach (var name in OptimizerRace.Names)
        {
            var track = Run(Ravine, new NamedSpec(name), 5000);
            track.Outcome.ShouldNotBe(Outcome.Diverged, name);
            track.Points.Min(Ravine.Gap).ShouldBeLessThan(0.01 * Ravine.Gap(Ravine.Start), name);
        }
    }

    [Fact]
    public void Noise_is_the_same_for_every_rule_and_every_run_of_a_seed()
    {
        var bowl = Surfaces.Find("bowl", new SurfaceOptions());
        var sgd = new NamedSpec("sgd").With("lr", 0.1);
        var tracks = OptimizerRace.Run(bowl, [sgd, sgd], new RaceOptions { Steps = 20 });
        tracks[0].Points.ShouldBe(tracks[1].Points);
        tracks[0].Points.ShouldBe(Run(bowl, sgd, 20).Points);
        OptimizerRace.Run(bowl, [sgd], new RaceOptions { Steps = 20, Seed = 1 })[0].Points.ShouldNotBe(tracks[0].Points);
    }

    [Fact]
    public void Derivatives_of_every_surface_agree_with_differences()
    {
        const double H = 1e-5;
        foreach (var s in Surfaces.Table.Select(e => e.Make(new SurfaceOptions())))
        {
            foreach (var p in new Point[] { new(-1.3, 0.7), new(0.4, -1.1), new(1.9, 0.3) })
            {
                var (dx, dy) = (new Point(H, 0), new Point(0, H));
                var g = s.Gradient(p);
                g.X.ShouldBe((s.Value(p + dx) - s.Value(p - dx)) / (2 * H), 1e-4, s.Name);
                g.Y.ShouldBe((s.Value(p + dy) - s.Value(p - dy)) / (2 * H), 1e-4, s.Name);
                var (x, y) = ((s.Gradient(p + dx) - s.Gradient(p - dx)), (s.Gradient(p + dy) - s.Gradient(p - dy)));
                var h = s.Hessian(p);
                h.Xx.ShouldBe(x.X / (2 * H), 1e-4, s.Name);
                h.Xy.ShouldBe(x.Y / (2 * H), 1e-4, s.Name);
                h.Xy.ShouldBe(y.X / (2 * H), 1e-4, s.Name);
                h.Yy.ShouldBe(y.Y / (2 * H), 1e-4, s.Name);
            }

            foreach (var m in s.Minima)
            {
                s.Gradient(m).Length.ShouldBeLessThan(1e-12, s.Name);
                s.Gap(m).ShouldBe(0, 1e-12, s.Name);
            }
        }
    }

    [Fact]
    public void A_misspelt_name_is_answered_with_the_nearest()
    {
        Should.Throw<FineTuneException>(() => Surfaces.Find("ravin", new SurfaceOptions())).Message.ShouldContain("ravine");
        Should.Throw<FineTuneException>(() => Run(Ravine, new NamedSpec("adan_w"), 1)).Message.ShouldContain("adamw");
    }

    internal static Track Run(Surface surface, NamedSpec rule, int steps) =>
        OptimizerRace.Run(surface, [rule], new RaceOptions { Steps = steps })[0];
}
