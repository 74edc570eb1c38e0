using SandboxOperator.Gateway.Conversation;
using Shouldly;
using Xunit;

namespace SandboxOperator.Gateway.Tests.Conversation;

public sealed class SandboxPromptTests
{
    [Fact]
    public void Everything_a_model_needs_is_said()
    {
        var text = SandboxPrompt.Render(
            new SandboxSituation
            {
                Files = [new SandboxPromptFile("sales.csv", 1536, "file-1")],
                OmittedFiles = 2,
                StateLost = "the session had ended",
                CallSeconds = 120,
                MemoryMiB = 1024,
                DiskMiB = 2048,
            }
        );
        text.ShouldContain("- sales.csv (1.5 KiB), also as file-1");
        text.ShouldContain("2 more");
        text.ShouldContain("the session had ended");
        text.ShouldContain("120 seconds a call, 1024 MiB of memory, 2048 MiB of disk");
        text.ShouldContain("sandbox:/mnt/data/");
        text.ShouldContain("no network");
        text.ShouldContain("pandas");
        text.ShouldNotContain("{{");
    }

    [Fact]
    public void What_is_not_known_is_not_said()
    {
        var text = SandboxPrompt.Render(new SandboxSituation());
        text.ShouldContain("None yet.");
        text.ShouldNotContain("Limits");
        text.ShouldNotContain("{{");
    }

    [Fact]
    public void Names_of_files_stay_on_their_line_and_are_bounded()
    {
        var files = Enumerable
            .Range(0, 500)
            .Select(i => new SandboxPromptFile($"a\n# {new string('x', 5000)}{i}", 1))
            .ToList();
        var text = SandboxPrompt.Render(new SandboxSituation { Files = files });
        text.Length.ShouldBeLessThan(20_000);
        text.ShouldNotContain("\n# x");
        text.ShouldContain("440 more");
    }
}
