using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using SandboxOperator.Gateway.Conversation;
using SandboxOperator.Gateway.Tokens;
using SandboxOperator.Gateway.Upstream;

namespace SandboxOperator.Gateway.BuiltIn;

/// <summary>
/// A model without weights: it runs the fenced Python blocks of the user's latest message, one call after another, and
/// answers with what came out and links to the files that were written. To the run loop it is a model like any other.
/// </summary>
internal sealed class PythonModelClient(ITokenCounter counter) : IModelClient
{
    private const int ChunkChars = 48;

    public async IAsyncEnumerable<ModelEvent> StreamAsync(
        ModelRequest request,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await Task.Yield();
        var turn = PythonTurn.Next(request.Body);
        var message = new JsonObject { ["role"] = "assistant", ["content"] = turn.Text };
        if (turn.Code is { } code)
        {
            var id = ToolCallIds.New();
            var arguments = new JsonObject { ["code"] = code }.ToJsonString(JsonSerializerOptions.Web);
            message["tool_calls"] = new JsonArray(
                new JsonObject
                {
                    ["id"] = id,
                    ["type"] = "function",
                    ["function"] = new JsonObject { ["name"] = ModelTools.Python, ["arguments"] = arguments },
                }
            );
            yield return new ModelToolCallDelta(0, id, ModelTools.Python, "");
            foreach (var piece in Pieces(arguments))
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return new ModelToolCallDelta(0, null, null, piece);
            }
        }
        foreach (var piece in Pieces(turn.Text ?? ""))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return new ModelTextDelta(piece);
        }
        var usage = new ModelUsage(
            RequestTokens.OfRequest(request.Body, counter),
            counter.Count(turn.Text ?? turn.Code ?? ""),
            0,
            0,
            Estimated: true
        );
        yield return new ModelTurn(message, turn.Code is null ? "stop" : "tool_calls", usage)
        {
            Model = PythonModel.Name,
        };
    }

    private static IEnumerable<string> Pieces(string text)
    {
        for (var at = 0; at < text.Length; )
        {
            var length = Math.Min(ChunkChars, text.Length - at);
            if (char.IsHighSurrogate(text[at + length - 1]) && at + length < text.Length)
            {
                length++;
            }
            yield return text.Substring(at, length);
            at += length;
        }
    }
}
