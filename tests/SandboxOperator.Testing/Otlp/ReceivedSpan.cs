namespace SandboxOperator.Testing.Otlp;

/// <summary>A span as it was exported.</summary>
public sealed record ReceivedSpan
{
    /// <summary>32 hexadecimal digits.</summary>
    public string TraceId { get; init; } = "";

    /// <summary>16 hexadecimal digits.</summary>
    public string SpanId { get; init; } = "";

    /// <summary>16 hexadecimal digits; empty for the first of a trace.</summary>
    public string ParentSpanId { get; init; } = "";

    /// <summary>What it is called.</summary>
    public string Name { get; init; } = "";

    /// <summary>1 internal, 2 server, 3 client.</summary>
    public int Kind { get; init; }

    /// <summary>Unix nanoseconds.</summary>
    public ulong Start { get; init; }

    /// <summary>Unix nanoseconds.</summary>
    public ulong End { get; init; }

    /// <summary>0 unset, 1 well, 2 error.</summary>
    public int Status { get; init; }

    /// <summary>What the status says.</summary>
    public string StatusMessage { get; init; } = "";

    /// <summary>What the span says.</summary>
    public IReadOnlyDictionary<string, object?> Attributes { get; init; } =
        new Dictionary<string, object?>(StringComparer.Ordinal);

    /// <summary>What the exporting program says of itself.</summary>
    public IReadOnlyDictionary<string, object?> Resource { get; init; } =
        new Dictionary<string, object?>(StringComparer.Ordinal);

    /// <summary>An attribute, or null.</summary>
    public object? this[string name] => Attributes.GetValueOrDefault(name);
}
