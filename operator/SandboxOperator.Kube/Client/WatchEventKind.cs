namespace SandboxOperator.Kube.Client;

/// <summary>What a line of a watch says.</summary>
public enum WatchEventKind
{
    /// <summary>The object is there, new or changed.</summary>
    Present,

    /// <summary>The object is gone.</summary>
    Deleted,

    /// <summary>Nothing happened up to this version.</summary>
    Bookmark,

    /// <summary>The object does not fit the class and is left out.</summary>
    Unreadable,
}
