using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Messages;
using SandboxOperator.Gateway.Store.Entities;
using SandboxOperator.Gateway.Streaming;

namespace SandboxOperator.Gateway.RunLoop.Steps;

/// <summary>The step of a message: the pictures that were displayed before it, then its text.</summary>
internal sealed class MessageStep(RunScope scope, RunStepEntity row, MessageEntity message) : OpenStep(scope, row)
{
    private readonly List<string> _images = [];
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _refusal = new();
    private readonly List<FileLink> _links = [];

    public MessageEntity Message { get; } = message;

    /// <summary>Why the message is incomplete although its step completes, or null.</summary>
    public string? IncompleteReason { get; set; }

    /// <summary>The text so far.</summary>
    public string Text => _text.ToString();

    /// <summary>Whether any text was written.</summary>
    public bool HasText => _text.Length > 0;

    public override void Open(bool stored)
    {
        base.Open(stored);
        PublishMessage(RunEventNames.MessageCreated);
        PublishMessage(RunEventNames.Message(MessageStatuses.InProgress));
        foreach (var image in Scope.TakeImages())
        {
            _images.Add(image);
            Part(
                _images.Count - 1,
                "image_file",
                part =>
                {
                    part.WriteStartObject("image_file");
                    part.WriteString("file_id", image);
                    part.WriteEndObject();
                }
            );
        }
    }

    /// <summary>Adds a piece of text.</summary>
    public void AppendText(string piece)
    {
        var first = _text.Length == 0;
        _text.Append(piece);
        TextPart(text =>
        {
            text.WriteString("value", piece);
            if (first)
            {
                text.WriteStartArray("annotations");
                text.WriteEndArray();
            }
        });
    }

    /// <summary>Adds a piece of a refusal.</summary>
    public void AppendRefusal(string piece)
    {
        _refusal.Append(piece);
        Part(_images.Count + (HasText ? 1 : 0), "refusal", part => part.WriteString("refusal", piece));
    }

    /// <summary>Adds a link to a file, whole.</summary>
    public void AppendLink(FileLink link)
    {
        _links.Add(link);
        _text.Append(link.Text);
        TextPart(text =>
        {
            text.WriteString("value", link.Text);
            text.WriteStartArray("annotations");
            link.Write(text, _links.Count - 1);
            text.WriteEndArray();
        });
    }

    /// <summary>
    /// Stages the end of the message and of its step. The message is incomplete when the step did not complete, or when
    /// <see cref="IncompleteReason"/> says so.
    /// </summary>
    public override void Close(string status, string? errorCode = null, string? errorMessage = null)
    {
        var incompleteReason = IncompleteReason ?? ReasonOf(status);
        var now = Scope.NowMs;
        Message.Content = WireJson.Text(WriteContent);
        Message.Status = incompleteReason is null ? MessageStatuses.Completed : MessageStatuses.Incomplete;
        Message.IncompleteReason = incompleteReason;
        Message.CompletedAtMs = incompleteReason is null ? now : null;
        Message.IncompleteAtMs = incompleteReason is null ? null : now;
        var end = Copy();
        Scope.Stage(
            JournalChange.Do(
                (context, cancellation) =>
                    context
                        .Messages.Where(row => row.Id == end.Id)
                        .ExecuteUpdateAsync(
                            set =>
                                set.SetProperty(row => row.Content, end.Content)
                                    .SetProperty(row => row.Status, end.Status)
                                    .SetProperty(row => row.IncompleteReason, end.IncompleteReason)
                                    .SetProperty(row => row.CompletedAtMs, end.CompletedAtMs)
                                    .SetProperty(row => row.IncompleteAtMs, end.IncompleteAtMs),
                            cancellation
                        )
            )
        );
        void MessageEnds() => Scope.Stage(RunEventNames.Message(end.Status), writer => MessageJson.Write(writer, end));

        // A step that is cut short ends before its message does.
        if (status == StepStatuses.Completed)
        {
            MessageEnds();
            base.Close(status, errorCode, errorMessage);
        }
        else
        {
            base.Close(status, errorCode, errorMessage);
            MessageEnds();
        }
    }

    public override void Discard()
    {
        base.Discard();
        var id = Message.Id;
        Scope.Stage(
            JournalChange.Do(
                (context, cancellation) => context.Messages.Where(row => row.Id == id).ExecuteDeleteAsync(cancellation)
            )
        );
    }

    protected override IEnumerable<JournalChange> NewRows(RunStepEntity step) =>
        [JournalChange.Insert(Copy()), .. base.NewRows(step)];

    protected override void WriteDetails(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type", "message_creation");
        writer.WriteStartObject("message_creation");
        writer.WriteString("message_id", Message.Id);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private void WriteContent(Utf8JsonWriter writer)
    {
        writer.WriteStartArray();
        foreach (var image in _images)
        {
            writer.WriteStartObject();
            writer.WriteString("type", "image_file");
            writer.WriteStartObject("image_file");
            writer.WriteString("file_id", image);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        if (HasText || (_refusal.Length == 0 && _images.Count == 0))
        {
            writer.WriteStartObject();
            writer.WriteString("type", "text");
            writer.WriteStartObject("text");
            writer.WriteString("value", _text.ToString());
            writer.WriteStartArray("annotations");
            foreach (var link in _links)
            {
                link.Write(writer, null);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        if (_refusal.Length > 0)
        {
            writer.WriteStartObject();
            writer.WriteString("type", "refusal");
            writer.WriteString("refusal", _refusal.ToString());
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static string? ReasonOf(string stepStatus) =>
        stepStatus switch
        {
            StepStatuses.Cancelled => "run_cancelled",
            StepStatuses.Expired => "run_expired",
            StepStatuses.Failed => "run_failed",
            _ => null,
        };

    private void TextPart(Action<Utf8JsonWriter> write) =>
        Part(
            _images.Count,
            "text",
            part =>
            {
                part.WriteStartObject("text");
                write(part);
                part.WriteEndObject();
            }
        );

    private void Part(int index, string type, Action<Utf8JsonWriter> write) =>
        Scope.Stream.Publish(
            RunEventNames.MessageDelta,
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("id", Message.Id);
                writer.WriteString("object", "thread.message.delta");
                writer.WriteStartObject("delta");
                writer.WriteStartArray("content");
                writer.WriteStartObject();
                writer.WriteNumber("index", index);
                writer.WriteString("type", type);
                write(writer);
                writer.WriteEndObject();
                writer.WriteEndArray();
                writer.WriteEndObject();
                writer.WriteEndObject();
            }
        );

    private void PublishMessage(string name) =>
        Scope.Stream.Publish(name, writer => MessageJson.Write(writer, Message));

    private MessageEntity Copy() =>
        new()
        {
            Id = Message.Id,
            Project = Message.Project,
            ThreadId = Message.ThreadId,
            CreatedAtMs = Message.CreatedAtMs,
            Role = Message.Role,
            Content = Message.Content,
            Attachments = Message.Attachments,
            Metadata = Message.Metadata,
            AssistantId = Message.AssistantId,
            RunId = Message.RunId,
            Status = Message.Status,
            IncompleteReason = Message.IncompleteReason,
            CompletedAtMs = Message.CompletedAtMs,
            IncompleteAtMs = Message.IncompleteAtMs,
        };
}
