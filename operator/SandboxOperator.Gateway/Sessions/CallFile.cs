namespace SandboxOperator.Gateway.Sessions;

/// <summary>A file that a call showed, made or changed.</summary>
/// <param name="Id">Its id when an answer shows or links it, else null.</param>
/// <param name="Name">The name of a picture, or the path in the working directory.</param>
/// <param name="Bytes">Its size.</param>
internal sealed record CallFile(string? Id, string Name, long Bytes);
