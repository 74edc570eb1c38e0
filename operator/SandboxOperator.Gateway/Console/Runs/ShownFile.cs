namespace SandboxOperator.Gateway.Console.Runs;

/// <summary>A file that a page offers for download.</summary>
/// <param name="Id">The file.</param>
/// <param name="Name">As its maker called it.</param>
/// <param name="Bytes">Its size; null when it has been deleted.</param>
public sealed record ShownFile(string Id, string Name, long? Bytes)
{
    /// <summary>Where it is; always a download.</summary>
    public string Url => $"/console/files/{Uri.EscapeDataString(Id)}";

    /// <summary>Where it is as a picture, if it is one.</summary>
    public string PictureUrl => PictureUrlOf(Id);

    public static string PictureUrlOf(string id) => $"/console/pictures/{Uri.EscapeDataString(id)}";
}
