using SandboxOperator.Agent.Init;
using Shouldly;
using Xunit;

namespace SandboxOperator.Agent.Tests.Init;

public sealed class WordsTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1000, "1000 B")]
    [InlineData(512 << 20, "512 MiB")]
    [InlineData(1536L << 20, "1536 MiB")]
    [InlineData(2L << 30, "2 GiB")]
    public void Sizes_are_whole_numbers_of_the_largest_unit(long bytes, string words) =>
        Words.Size(bytes).ShouldBe(words);

    [Theory]
    [InlineData(0, "exit code 0")]
    [InlineData(7 << 8, "exit code 7")]
    [InlineData(11, "segmentation fault (SIGSEGV)")]
    [InlineData(11 | 0x80, "segmentation fault (SIGSEGV)")]
    [InlineData(31, "forbidden system call (SIGSYS)")]
    [InlineData(3, "by signal 3")]
    [InlineData(null, "process is gone")]
    public void An_end_is_told_by_its_wait_status(int? status, string words)
    {
        Words.Ended(status).ShouldContain(words);
        Words.Ended(status).ShouldEndWith("variables are lost");
    }
}
