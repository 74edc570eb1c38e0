using SandboxOperator.Gateway.RunLoop;

namespace SandboxOperator.Gateway.Tests.RunLoop;

public sealed class KillCausesTests
{
    [Theory]
    [InlineData("killed: out of memory (512 MiB); variables are lost", "memory")]
    [InlineData("killed: too many processes (limit 64); variables are lost", "processes")]
    [InlineData("killed: disk full (limit 1 GiB); variables are lost", "disk")]
    [InlineData("killed: the code ended its own process with exit code 1; variables are lost", "exit")]
    [InlineData("whatever a hostile sandbox says", "other")]
    [InlineData(null, "other")]
    public void A_message_has_one_of_few_causes(string? message, string cause) =>
        KillCauses.Of(message).ShouldBe(cause);
}
