namespace SandboxOperator.Kube.Client;

/// <summary>A line of a watch.</summary>
/// <param name="Kind">What it says.</param>
/// <param name="ResourceVersion">How far the watch has come.</param>
/// <param name="Entity">The object, of <c>Present</c> and <c>Deleted</c>.</param>
/// <param name="Key">The object's name, of all but <c>Bookmark</c>.</param>
/// <typeparam name="T">The kind.</typeparam>
public sealed record WatchEvent<T>(WatchEventKind Kind, string ResourceVersion, T? Entity, ObjectKey Key)
    where T : class;
