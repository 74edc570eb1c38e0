using SandboxOperator.Gateway.Upstream;

namespace SandboxOperator.Gateway.Forwarding;

/// <summary>Looks for the reported tokens in an answer that passes by: a JSON object, or events that hold one each.</summary>
internal sealed class AnswerUsage
{
    private readonly UsageScanner _scanner = new();
    private readonly byte[] _field = new byte["data:"u8.Length];
    private readonly bool _isEvents;
    private readonly bool _isJson;
    private int _fieldLength;
    private bool _isOtherField;

    /// <param name="content">The answer; nothing of it is read here.</param>
    public AnswerUsage(HttpContent content)
    {
        var type = content.Headers.ContentType?.MediaType;
        var isPlain = content.Headers.ContentEncoding.Count == 0;
        _isEvents = isPlain && string.Equals(type, "text/event-stream", StringComparison.OrdinalIgnoreCase);
        _isJson = isPlain && string.Equals(type, "application/json", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The newest report; null as long as there is none.</summary>
    public ModelUsage? Usage => _scanner.Usage;

    /// <summary>The answer as the caller gets it, unchanged.</summary>
    public Stream Watch(Stream answer) => _isEvents || _isJson ? new ObservedStream(answer, Read) : answer;

    private void Read(ReadOnlySpan<byte> bytes)
    {
        if (_isJson)
        {
            _scanner.Read(bytes);
            return;
        }

        while (!bytes.IsEmpty)
        {
            var end = bytes.IndexOf((byte)'\n');
            Line(end < 0 ? bytes : bytes[..end]);
            if (end < 0)
            {
                return;
            }

            if (_fieldLength == 0 || (_fieldLength == 1 && _field[0] == '\r'))
            {
                // An empty line ends an event.
                _scanner.Restart();
            }

            (_fieldLength, _isOtherField) = (0, false);
            bytes = bytes[(end + 1)..];
        }
    }

    private void Line(ReadOnlySpan<byte> part)
    {
        var missing = Math.Min(_field.Length - _fieldLength, part.Length);
        part[..missing].CopyTo(_field.AsSpan(_fieldLength));
        _fieldLength += missing;
        if (_fieldLength == _field.Length && !_isOtherField)
        {
            _isOtherField = !_field.AsSpan().SequenceEqual("data:"u8);
        }

        if (_fieldLength == _field.Length && !_isOtherField)
        {
            _scanner.Read(part[missing..]);
        }
    }
}
