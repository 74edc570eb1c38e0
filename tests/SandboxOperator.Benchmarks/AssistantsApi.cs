using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SandboxOperator.Benchmarks;

/// <summary>The few requests that benchmarks make.</summary>
internal sealed class AssistantsApi(HttpClient client)
{
    public async Task<string> CreateAssistantAsync(CancellationToken cancellationToken) =>
        await CreateAsync(
            "assistants",
            new JsonObject
            {
                ["model"] = "scripted-model",
                ["tools"] = new JsonArray(new JsonObject { ["type"] = "code_interpreter" }),
            },
            cancellationToken
        );

    public Task<string> CreateThreadAsync(JsonObject? body, CancellationToken cancellationToken) =>
        CreateAsync("threads", body ?? [], cancellationToken);

    public Task<string> AddMessageAsync(string thread, string text, CancellationToken cancellationToken) =>
        CreateAsync(
            $"threads/{thread}/messages",
            new JsonObject { ["role"] = "user", ["content"] = text },
            cancellationToken
        );

    public async Task<string> CreateAsync(string path, JsonObject body, CancellationToken cancellationToken)
    {
        using var answer = await client.PostAsJsonAsync(path, body, cancellationToken);
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"POST {path}: {(int)answer.StatusCode} {text}");
        }

        using var document = JsonDocument.Parse(text);
        return document.RootElement.GetProperty("id").GetString()!;
    }

    /// <summary>Runs a thread, streamed, to its end.</summary>
    /// <exception cref="InvalidOperationException">The run did not complete.</exception>
    public async Task RunAsync(string thread, string assistant, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"threads/{thread}/runs")
        {
            Content = JsonContent.Create(new JsonObject { ["assistant_id"] = assistant, ["stream"] = true }),
        };
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellationToken));
        var last = "";
        var completed = false;
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            last = line.Length > 0 ? line : last;
            completed |= line == "event: thread.run.completed";
        }

        if (!completed)
        {
            throw new InvalidOperationException($"A run did not complete; the stream ended with {last}");
        }
    }
}
