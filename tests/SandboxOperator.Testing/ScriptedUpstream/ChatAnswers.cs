using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace SandboxOperator.Testing.ScriptedUpstream;

/// <summary>Writes scripted turns, with what goes wrong in them, as HTTP responses.</summary>
internal static class ChatAnswers
{
    public static async Task StreamAsync(
        HttpContext context,
        JsonObject request,
        ScriptedTurn turn,
        ScriptedFault? fault,
        ScriptedHolds holds,
        Func<string, string> expand,
        CancellationToken cancellationToken
    )
    {
        context.Response.ContentType = turn.RawContentType ?? "text/event-stream; charset=utf-8";
        async Task WriteAsync(string text)
        {
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
            await context.Response.Body.FlushAsync(cancellationToken);
        }
        if (fault?.CutAfter > 0)
        {
            // A length that is never reached: what was written arrives, then the connection ends. Abort would lose it.
            context.Response.ContentLength = int.MaxValue;
        }
        if (turn.Raw is { } raw)
        {
            foreach (var piece in raw)
            {
                await WriteAsync(piece);
            }
            return;
        }

        var id = ChatChunks.NewId("chatcmpl-");
        JsonObject Chunk(JsonArray choices) =>
            new()
            {
                ["id"] = id,
                ["object"] = "chat.completion.chunk",
                ["created"] = 1_700_000_000,
                ["model"] = request["model"]!.DeepClone(),
                ["choices"] = choices,
            };
        static JsonArray Choice(JsonObject delta, string? finishReason) =>
            [
                new JsonObject
                {
                    ["index"] = 0,
                    ["delta"] = delta,
                    ["logprobs"] = null,
                    ["finish_reason"] = finishReason,
                },
            ];

        var sent = 0;
        foreach (var delta in ChatChunks.Deltas(turn, expand))
        {
            if (fault?.CutAfter == sent)
            {
                if (sent == 0)
                {
                    context.Abort();
                }
                return;
            }
            if (fault?.EndAfter == sent)
            {
                return;
            }
            if (fault?.HangAfter == sent)
            {
                await context.Response.StartAsync(cancellationToken);
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }
            if (fault?.ErrorAfter == sent)
            {
                var error = ErrorBody(fault.Message ?? "Scripted error.", fault.Type ?? "server_error", fault.Code);
                await WriteAsync($"data: {error.ToJsonString()}\n\n");
                return;
            }
            if (turn.Hold is { } hold && hold.After == sent)
            {
                await holds.WaitAsync(hold, cancellationToken);
            }
            if (turn.DelayMs > 0)
            {
                await Task.Delay(turn.DelayMs, cancellationToken);
            }
            await WriteAsync($"data: {Chunk(Choice(delta, null)).ToJsonString()}\n\n");
            sent++;
        }
        await WriteAsync($"data: {Chunk(Choice([], ChatChunks.FinishReason(turn))).ToJsonString()}\n\n");
        if ((bool?)request["stream_options"]?["include_usage"] == true && !turn.NoUsage)
        {
            var last = Chunk([]);
            last["usage"] = ChatChunks.Usage(turn, request, expand);
            await WriteAsync($"data: {last.ToJsonString()}\n\n");
        }
        await WriteAsync("data: [DONE]\n\n");
    }

    public static Task WholeAsync(
        HttpContext context,
        JsonObject request,
        ScriptedTurn turn,
        Func<string, string> expand
    ) =>
        context.Response.WriteAsJsonAsync(
            new JsonObject
            {
                ["id"] = ChatChunks.NewId("chatcmpl-"),
                ["object"] = "chat.completion",
                ["created"] = 1_700_000_000,
                ["model"] = request["model"]!.DeepClone(),
                ["choices"] = new JsonArray(
                    new JsonObject
                    {
                        ["index"] = 0,
                        ["message"] = ChatChunks.Message(turn, expand),
                        ["logprobs"] = null,
                        ["finish_reason"] = ChatChunks.FinishReason(turn),
                    }
                ),
                ["usage"] = turn.NoUsage ? null : ChatChunks.Usage(turn, request, expand),
            }
        );

    public static JsonObject ErrorBody(string message, string type, string? code) =>
        new()
        {
            ["error"] = new JsonObject
            {
                ["message"] = message,
                ["type"] = type,
                ["param"] = null,
                ["code"] = code,
            },
        };
}
