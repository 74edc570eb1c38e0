using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace SandboxOperator.Benchmarks;

/// <summary>The two model requests of a run with one call, to take their time out of the run's.</summary>
internal static class ChatRequests
{
    public const string First = """
        {"model":"scripted-model","stream":true,"stream_options":{"include_usage":true},
         "messages":[{"role":"user","content":"compute"}],
         "tools":[{"type":"function","function":{"name":"python","parameters":{"type":"object","properties":{"code":{"type":"string"}}}}}]}
        """;

    public const string Second = """
        {"model":"scripted-model","stream":true,"stream_options":{"include_usage":true},
         "messages":[{"role":"user","content":"compute"},
           {"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"python","arguments":"{\"code\":\"print(1+1)\"}"}}]},
           {"role":"tool","tool_call_id":"call_1","content":"2\n"}],
         "tools":[{"type":"function","function":{"name":"python","parameters":{"type":"object","properties":{"code":{"type":"string"}}}}}]}
        """;

    public static async Task AskAsync(HttpClient client, string body, CancellationToken cancellationToken)
    {
        using var content = JsonContent.Create(JsonNode.Parse(body));
        using var answer = await client.PostAsync(
            new Uri("/v1/chat/completions", UriKind.Relative),
            content,
            cancellationToken
        );
        answer.EnsureSuccessStatusCode();
        _ = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
    }
}
