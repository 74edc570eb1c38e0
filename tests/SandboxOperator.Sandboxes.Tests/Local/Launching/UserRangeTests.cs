using SandboxOperator.Sandboxes.Local.Launching;
using Shouldly;

namespace SandboxOperator.Sandboxes.Tests.Local.Launching;

public sealed class UserRangeTests
{
    [Fact]
    public void A_whole_machine_gives_ids_that_nothing_else_takes() =>
        UserRange.From("         0          0 4294967295\n").ShouldBe(new UserRange(0x7000_0000, 0x0f00_0000));

    [Fact]
    public void A_container_with_few_users_gives_the_upper_half() =>
        UserRange.From("         0     100000      65536\n").ShouldBe(new UserRange(32768, 32768));

    [Theory]
    [InlineData("         0       1000          1\n")]
    [InlineData("")]
    public void Too_few_users_give_none(string map) => UserRange.From(map).ShouldBeNull();

    [Fact]
    public void What_is_taken_is_not_chosen() =>
        new UserRange(5, 3).Choose(new Random(1), new HashSet<uint> { 5, 7 }).ShouldBe(6u);
}
