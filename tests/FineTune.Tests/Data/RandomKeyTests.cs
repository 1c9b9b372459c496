namespace FineTune.Tests.Data;

public sealed class RandomKeyTests
{
    [Fact]
    public void The_first_part_of_a_step_has_the_steps_seed_and_each_other_one_its_own()
    {
        var seeds = Enumerable.Range(0, 100).SelectMany(step => Enumerable.Range(0, 8).Select(part =>
            new RandomKey(3, 1, step, RandomUse.Dropout).ToSeed(part))).ToArray();
        seeds.Distinct().Count().ShouldBe(seeds.Length);
        new RandomKey(3, 1, 7, RandomUse.Dropout).ToSeed(0).ShouldBe(new RandomKey(3, 1, 7, RandomUse.Dropout).ToSeed());
    }
}
