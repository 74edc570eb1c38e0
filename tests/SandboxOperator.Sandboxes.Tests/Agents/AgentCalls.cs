using SandboxOperator.Api.Agent;
using SandboxOperator.Sandboxes.Agents;

namespace SandboxOperator.Sandboxes.Tests.Agents;

internal static class AgentCalls
{
    public const string Started = """{"type":"started"}""" + "\n";
    public const string Done =
        """{"type":"done","status":"ok","state_lost":false,"duration_ms":1.5,"omitted_bytes":0}""" + "\n";
    public const string Heartbeat = """{"type":"heartbeat"}""" + "\n";

    public static readonly CallRequest Request = new()
    {
        Id = "call_1",
        Code = "print(1)",
        Incarnation = "i1",
    };

    public static string Output(string text) => $$"""{"type":"output","stream":"stdout","text":"{{text}}"}""" + "\n";

    public static async Task<List<CallEvent>> RunAsync(AgentClient client)
    {
        var events = new List<CallEvent>();
        await foreach (var next in client.RunAsync(Request, TestContext.Current.CancellationToken))
        {
            events.Add(next);
        }

        return events;
    }

    public static string Texts(IEnumerable<CallEvent> events) =>
        string.Concat(events.OfType<CallOutput>().Select(output => output.Text));
}
