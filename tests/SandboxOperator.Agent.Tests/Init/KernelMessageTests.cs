using System.Text;
using SandboxOperator.Agent.Init;
using SandboxOperator.Agent.Link;
using Shouldly;
using Xunit;

namespace SandboxOperator.Agent.Tests.Init;

public sealed class KernelMessageTests
{
    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"type\":1}")]
    [InlineData("{\"type\":\"unknown\"}")]
    [InlineData("{\"type\":\"ready\",\"pid\":1e99}")]
    [InlineData("{\"type\":\"ready\",\"pid\":\"1\"}")]
    [InlineData("{\"type\":\"done\",\"call\":null,\"status\":\"ok\"}")]
    [InlineData("{\"type\":\"done\",\"call\":\"\\ud800\",\"status\":\"ok\"}")]
    [InlineData("{\"type\":\"display\",\"n\":1,\"is_result\":0,\"data\":{}}")]
    [InlineData("{\"type\":\"display\",\"n\":1,\"is_result\":true,\"data\":{\"text/plain\":{}}}")]
    [InlineData("{\"type\":\"sync\",\"n\":1} {}")]
    [InlineData("{\"type\":{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}}")]
    public void What_is_no_message_is_refused(string line) =>
        Should.Throw<LinkException>(() => KernelMessage.Parse(Encoding.UTF8.GetBytes(line)));

    [Fact]
    public void A_display_passes_known_types_only()
    {
        var line =
            """
            {"type":"display","n":3,"is_result":false,
             "data":{"text/plain":"a","text/x-evil":"b","image/png":"aGk=","image/jpeg":"not base64!"}}
            """u8;

        var display = KernelMessage.Parse(line).ShouldBeOfType<KernelMessage.Display>();

        display.Number.ShouldBe(3);
        display.Data.ShouldBe(
            new Dictionary<string, string> { ["text/plain"] = "a", ["image/png"] = "aGk=" },
            ignoreOrder: true
        );
    }
}
