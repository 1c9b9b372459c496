using FineTune.Distributed;

namespace FineTune.Tests.Distributed;

/// <summary>What ranks compare before they begin.</summary>
public sealed class AgreementTests
{
    [Fact]
    public void Ranks_that_are_alike_go_on() =>
        ThreadRanks.Run(3, ranks =>
        {
            Agreement.Require(ranks, [("version", "1"), ("recipe", "a")]);
            return true;
        }).ShouldBe([true, true, true]);

    [Fact]
    public void The_first_thing_that_differs_is_named_with_the_rank_on_all()
    {
        static string? Detail(string name) => name == "recipe" ? ": not asked" : null;
        var said = ThreadRanks.Run(3, ranks =>
        {
            (string, string)[] facts = [("version", ranks.Rank == 2 ? "1" : "2"), ("recipe", $"{ranks.Rank}")];
            return Should.Throw<FineTuneException>(() => Agreement.Require(ranks, facts, Detail)).Message;
        });
        said.Distinct().ShouldHaveSingleItem().ShouldBe($"Rank 2 ({Environment.MachineName}) has another version than rank 0 "
            + $"({Environment.MachineName}): '1', and not '2'. All ranks need the same; a shared folder may not be in step yet.");
    }
}
