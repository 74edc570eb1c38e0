using System.Text.Json.Nodes;
using SandboxOperator.Gateway.Console.Runs;

namespace SandboxOperator.Gateway.Tests.Console;

public sealed class MessageTextTests
{
    [Fact]
    public void A_picture_that_is_its_own_address_is_named_and_not_printed()
    {
        MessageText.Of(Picture("data:image/png;base64," + new string('A', 10_000))).ShouldBe("[picture]");
        MessageText.Of(Picture("https://example.org/x.png")).ShouldBe("https://example.org/x.png");
    }

    [Fact]
    public void A_long_message_is_shown_in_part()
    {
        var text = MessageText.Of(Text(new string('x', 200_000)));

        text.Length.ShouldBeInRange(CallOutput.MaxChars, CallOutput.MaxChars + 100);
        text.ShouldContain("left out");
    }

    [Fact]
    public void Of_a_message_that_was_cut_the_beginning_is_shown()
    {
        var text = MessageText.Of(Text("hello " + new string('x', 200_000))[..100_000]);

        text.ShouldStartWith("hello xxx");
        text.ShouldContain("The message goes on");
        text.Length.ShouldBeLessThan(CallOutput.MaxChars + 100);
    }

    [Fact]
    public void Attachments_that_were_cut_are_read_as_far_as_they_go() =>
        MessageText
            .Attached("""[{"file_id":"file-1","tools":[{"type":"code_interpreter"}]},{"file_id":"file-2","to""")
            .ShouldBe(["file-1", "file-2"]);

    private static string Text(string text) =>
        new JsonArray(
            new JsonObject
            {
                ["type"] = "text",
                ["text"] = new JsonObject { ["value"] = text, ["annotations"] = new JsonArray() },
            }
        ).ToJsonString();

    private static string Picture(string url) =>
        new JsonArray(
            new JsonObject
            {
                ["type"] = "image_url",
                ["image_url"] = new JsonObject { ["url"] = url, ["detail"] = "auto" },
            }
        ).ToJsonString();
}
