using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using SandboxOperator.Cluster.Tests.Harness;
using Shouldly;

namespace SandboxOperator.Cluster.Tests.Chart;

/// <summary>An application of the gateway, with the built-in model.</summary>
internal sealed class GatewayClient : IDisposable
{
    private readonly HttpClient _http;

    /// <param name="address">The gateway's, with a slash at its end.</param>
    /// <param name="key">An API key.</param>
    public GatewayClient(Uri address, string key)
    {
        _http = new HttpClient { BaseAddress = new Uri(address, "v1/") };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        _http.DefaultRequestHeaders.Add("OpenAI-Beta", "assistants=v2");
    }

    /// <returns>The id of a new thread.</returns>
    public async Task<string> CreateThreadAsync() => Id(await PostAsync("threads", new { }));

    /// <summary>Runs Python in a thread's sandbox.</summary>
    /// <returns>The model's answer, which holds all that the model was told.</returns>
    public async Task<string> RunAsync(string thread, string python)
    {
        var tools = new[] { new { type = "code_interpreter" } };
        var assistant = Id(await PostAsync("assistants", new { model = "builtin/python", tools }));
        await PostAsync($"threads/{thread}/messages", new { role = "user", content = $"```python\n{python}\n```" });
        var run = Id(await PostAsync($"threads/{thread}/runs", new { assistant_id = assistant }));
        var state = default(JsonElement);
        await Eventually.TrueAsync(
            async () =>
            {
                state = await GetAsync($"threads/{thread}/runs/{run}");
                return Status() is not ("queued" or "in_progress");
            },
            () => $"the run {run} ends; it is {state}",
            space: null
        );
        Status().ShouldBe("completed", state.ToString());
        var messages = await GetAsync($"threads/{thread}/messages?limit=1");
        return messages
            .GetProperty("data")[0]
            .GetProperty("content")[0]
            .GetProperty("text")
            .GetProperty("value")
            .GetString()!;

        string Status() => state.GetProperty("status").GetString()!;
    }

    public void Dispose() => _http.Dispose();

    private static string Id(JsonElement entity) => entity.GetProperty("id").GetString()!;

    private Task<JsonElement> GetAsync(string path) =>
        _http.GetFromJsonAsync<JsonElement>(new Uri(path, UriKind.Relative));

    private async Task<JsonElement> PostAsync<T>(string path, T body)
    {
        using var answer = await _http.PostAsJsonAsync(new Uri(path, UriKind.Relative), body);
        var text = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue(text);
        return JsonDocument.Parse(text).RootElement;
    }
}
