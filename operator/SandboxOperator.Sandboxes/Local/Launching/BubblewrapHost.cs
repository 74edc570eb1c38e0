namespace SandboxOperator.Sandboxes.Local.Launching;

/// <summary>What this machine has that the inside of a sandbox is made from.</summary>
/// <param name="DisableUserNamespaces">Whether bubblewrap can forbid further user namespaces.</param>
/// <param name="Links">Top-level names that are links into <c>/usr</c>, with where they lead.</param>
/// <param name="Directories">Top-level directories with programs and libraries that are none.</param>
/// <param name="Settings">Files and folders in <c>/etc</c> that libraries read, of those that may be seen.</param>
internal sealed record BubblewrapHost(
    bool DisableUserNamespaces,
    IReadOnlyList<KeyValuePair<string, string>> Links,
    IReadOnlyList<string> Directories,
    IReadOnlyList<string> Settings
)
{
    // Nothing here holds a secret or says whose machine it is.
    private static readonly string[] Visible =
    [
        "/etc/alternatives",
        "/etc/fonts",
        "/etc/ld.so.cache",
        "/etc/localtime",
        "/etc/matplotlibrc",
        "/etc/mime.types",
    ];

    private static readonly string[] TopLevel = ["/bin", "/lib", "/lib32", "/lib64", "/libx32", "/sbin"];

    public static BubblewrapHost Probe(bool disableUserNamespaces)
    {
        var links = new List<KeyValuePair<string, string>>();
        var directories = new List<string>();
        foreach (var path in TopLevel.Where(Directory.Exists))
        {
            if (new DirectoryInfo(path).LinkTarget is { } target)
            {
                links.Add(new(path, target));
            }
            else
            {
                directories.Add(path);
            }
        }

        return new BubblewrapHost(disableUserNamespaces, links, directories, [.. Visible.Where(Path.Exists)]);
    }
}
