using System.Text.Json.Nodes;
using SandboxOperator.Cluster.Tests.Harness;
using Shouldly;

namespace SandboxOperator.Cluster.Tests.Luck;

/// <summary>A thread at a gateway, as an application uses it: ask, wait, read the answer.</summary>
internal sealed class Conversation
{
    // Kernel, agent, pod.
    private const int Parts = 3;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private readonly GatewayProcess _gateway;
    private readonly string _assistant;

    private Conversation(GatewayProcess gateway, string assistant, string thread) =>
        (_gateway, _assistant, Thread) = (gateway, assistant, thread);

    public string Thread { get; }

    public static async Task<Conversation> BeginAsync(GatewayProcess gateway)
    {
        var assistant = await gateway.AskAsync(
            HttpMethod.Post,
            "assistants",
            new { model = "scripted-model", tools = new[] { new { type = "code_interpreter" } } }
        );
        var thread = await gateway.AskAsync(HttpMethod.Post, "threads", new { });
        return new Conversation(gateway, (string)assistant["id"]!, (string)thread["id"]!);
    }

    /// <summary>Says something, and starts a run.</summary>
    /// <returns>The run's id.</returns>
    /// <param name="text">What is said.</param>
    /// <param name="traceParent">The span of the caller that starts the run.</param>
    public async Task<string> SayAsync(string text, string? traceParent = null)
    {
        await _gateway.AskAsync(HttpMethod.Post, $"threads/{Thread}/messages", new { role = "user", content = text });
        var run = await _gateway.AskAsync(
            HttpMethod.Post,
            $"threads/{Thread}/runs",
            new { assistant_id = _assistant },
            traceParent
        );
        return (string)run["id"]!;
    }

    /// <summary>Waits until a run has ended.</summary>
    public async Task<JsonObject> EndAsync(string run, TimeSpan? patience = null)
    {
        using var deadline = new CancellationTokenSource(patience ?? Eventually.Deadline);
        while (true)
        {
            var found = await _gateway.AskAsync(HttpMethod.Get, $"threads/{Thread}/runs/{run}");
            if ((string?)found["status"] is not ("queued" or "in_progress" or "cancelling"))
            {
                return found;
            }

            deadline.IsCancellationRequested.ShouldBeFalse($"the run has not ended: {found}\n{_gateway.Log}");
            await Task.Delay(Pause);
        }
    }

    /// <summary>Asks and waits; the run has to succeed.</summary>
    /// <returns>The answer.</returns>
    public async Task<string> AnswerAsync(string text)
    {
        var run = await SayAsync(text);
        return await AnswerToAsync(run);
    }

    /// <summary>
    /// Asks after a sandbox was lost, again while the model is told of a loss: the parts of a sandbox end, and come back,
    /// one after the other.
    /// </summary>
    /// <returns>The answer.</returns>
    public async Task<string> AnswerAfterLossAsync(string text)
    {
        var answer = await AnswerAsync(text);
        for (var loss = 1; loss < Parts && answer.Contains("lost", StringComparison.OrdinalIgnoreCase); loss++)
        {
            answer = await AnswerAsync(text);
        }

        return answer;
    }

    /// <summary>Waits until a run has succeeded.</summary>
    /// <returns>The answer.</returns>
    public async Task<string> AnswerToAsync(string run)
    {
        var ended = await EndAsync(run);
        ((string?)ended["status"]).ShouldBe("completed", $"{ended}\n{_gateway.Log}");
        var messages = await _gateway.AskAsync(HttpMethod.Get, $"threads/{Thread}/messages?limit=1");
        return (string)messages["data"]![0]!["content"]![0]!["text"]!["value"]!;
    }

    /// <summary>Asks and waits; the run has to fail.</summary>
    /// <returns>The message of its <c>last_error</c>.</returns>
    public async Task<string> FailureAsync(string text, TimeSpan patience)
    {
        var ended = await EndAsync(await SayAsync(text), patience);
        ((string?)ended["status"]).ShouldBe("failed", ended.ToString());
        return (string)ended["last_error"]!["message"]!;
    }
}
