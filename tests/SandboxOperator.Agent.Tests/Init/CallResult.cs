using SandboxOperator.Agent.Link;
using Shouldly;

namespace SandboxOperator.Agent.Tests.Init;

/// <summary>All that init said until a call was done.</summary>
internal sealed record CallResult(string Call, IReadOnlyList<LinkMessage> Messages)
{
    public LinkMessage.Done Done => (LinkMessage.Done)Messages[^1];

    public IReadOnlyList<LinkMessage.Display> Displays => [.. Messages.OfType<LinkMessage.Display>()];

    public LinkMessage.Error Error => Messages.OfType<LinkMessage.Error>().ShouldHaveSingleItem();

    public string Stdout => Text("stdout");

    public string Stderr => Text("stderr");

    public long OmittedBytes => Messages.OfType<LinkMessage.Output>().Sum(o => o.OmittedBytes);

    /// <summary>Output and displays in order, as one text.</summary>
    public string InOrder =>
        string.Concat(
            Messages.Select(m =>
                m switch
                {
                    LinkMessage.Output output => output.Text,
                    LinkMessage.Display display => $"[{display.Data["text/plain"]}]",
                    _ => "",
                }
            )
        );

    /// <summary>Checks that it went well, and returns what it printed.</summary>
    public string ShouldPrint()
    {
        Done.Status.ShouldBe("ok", customMessage: string.Join('\n', Messages));
        return Stdout;
    }

    private string Text(string stream) =>
        string.Concat(Messages.OfType<LinkMessage.Output>().Where(o => o.Stream == stream).Select(o => o.Text));
}
