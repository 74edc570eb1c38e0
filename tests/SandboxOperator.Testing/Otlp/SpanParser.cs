using System.Globalization;

namespace SandboxOperator.Testing.Otlp;

/// <summary>Reads the requests of OTLP's trace service, as binary Protocol Buffers.</summary>
public static class SpanParser
{
    /// <summary>The spans of one <c>ExportTraceServiceRequest</c>.</summary>
    public static IReadOnlyList<ReceivedSpan> Parse(ReadOnlySpan<byte> request)
    {
        var spans = new List<ReceivedSpan>();
        var reader = new ProtoReader(request);
        while (reader.Next())
        {
            if (reader.Field == 1)
            {
                AddResourceSpans(reader.Bytes, spans);
            }
        }

        return spans;
    }

    private static void AddResourceSpans(ReadOnlySpan<byte> message, List<ReceivedSpan> spans)
    {
        var resource = new Dictionary<string, object?>(StringComparer.Ordinal);
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            if (reader.Field == 1)
            {
                var attributes = new ProtoReader(reader.Bytes);
                while (attributes.Next())
                {
                    if (attributes.Field == 1)
                    {
                        AddAttribute(attributes.Bytes, resource);
                    }
                }
            }
            else if (reader.Field == 2)
            {
                var scope = new ProtoReader(reader.Bytes);
                while (scope.Next())
                {
                    if (scope.Field == 2)
                    {
                        spans.Add(Span(scope.Bytes) with { Resource = resource });
                    }
                }
            }
        }
    }

    private static ReceivedSpan Span(ReadOnlySpan<byte> message)
    {
        var attributes = new Dictionary<string, object?>(StringComparer.Ordinal);
        var span = new ReceivedSpan { Attributes = attributes };
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    span = span with { TraceId = reader.Hex };
                    break;
                case 2:
                    span = span with { SpanId = reader.Hex };
                    break;
                case 4:
                    span = span with { ParentSpanId = reader.Hex };
                    break;
                case 5:
                    span = span with { Name = reader.Text };
                    break;
                case 6:
                    span = span with { Kind = (int)reader.Number };
                    break;
                case 7:
                    span = span with { Start = reader.Fixed };
                    break;
                case 8:
                    span = span with { End = reader.Fixed };
                    break;
                case 9:
                    AddAttribute(reader.Bytes, attributes);
                    break;
                case 15:
                    span = WithStatus(span, reader.Bytes);
                    break;
            }
        }

        return span;
    }

    private static ReceivedSpan WithStatus(ReceivedSpan span, ReadOnlySpan<byte> message)
    {
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            span = reader.Field switch
            {
                2 => span with { StatusMessage = reader.Text },
                3 => span with { Status = (int)reader.Number },
                _ => span,
            };
        }

        return span;
    }

    private static void AddAttribute(ReadOnlySpan<byte> message, Dictionary<string, object?> attributes)
    {
        var name = "";
        object? value = null;
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            if (reader.Field == 1)
            {
                name = reader.Text;
            }
            else
            {
                value = Value(reader.Bytes);
            }
        }

        attributes[name] = value;
    }

    private static object? Value(ReadOnlySpan<byte> message)
    {
        var reader = new ProtoReader(message);
        if (!reader.Next())
        {
            return null;
        }

        switch (reader.Field)
        {
            case 1:
                return reader.Text;
            case 2:
                return reader.Number != 0;
            case 3:
                return (long)reader.Number;
            case 4:
                return reader.Fraction;
            case 5:
                var items = new List<string?>();
                var array = new ProtoReader(reader.Bytes);
                while (array.Next())
                {
                    items.Add(Convert.ToString(Value(array.Bytes), CultureInfo.InvariantCulture));
                }

                return string.Join(',', items);
            default:
                return reader.Hex;
        }
    }
}
