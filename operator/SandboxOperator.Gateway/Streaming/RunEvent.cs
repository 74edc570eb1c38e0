namespace SandboxOperator.Gateway.Streaming;

/// <summary>One frame of a stream.</summary>
/// <param name="Name">The event's name.</param>
/// <param name="Data">JSON in UTF-8, on one line.</param>
internal readonly record struct RunEvent(string Name, ReadOnlyMemory<byte> Data);
