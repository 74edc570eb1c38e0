using System.Text.Json;
using SandboxOperator.Gateway.Conversation;

namespace SandboxOperator.Gateway.Upstream;

/// <summary>A string that comes in JSON strings, which may be cut between the halves of a pair of surrogates.</summary>
internal sealed class StreamedString
{
    private readonly JsonStringReader _reader = new();

    /// <summary>The text of the next piece, as far as it is whole.</summary>
    public string Read(JsonElement piece)
    {
        if (!_reader.HasHalf)
        {
            try
            {
                return piece.GetString() ?? "";
            }
            catch (InvalidOperationException)
            {
                // It holds half of a pair: read below.
            }
        }
        return _reader.Read(piece.GetRawText()[1..^1], out _);
    }
}
