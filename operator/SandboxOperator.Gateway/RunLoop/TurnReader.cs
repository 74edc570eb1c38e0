using System.Text;
using SandboxOperator.Gateway.Conversation;
using SandboxOperator.Gateway.RunLoop.Steps;
using SandboxOperator.Gateway.Upstream;

namespace SandboxOperator.Gateway.RunLoop;

/// <summary>
/// Follows a turn of the model as it streams, and shows it: text becomes a message, the first Python call a step whose
/// code is seen while it is written. What comes in a burst is shown together.
/// </summary>
/// <remarks>
/// One step is open at a time. A message ends where the tool calls begin; text that comes later is kept for after the
/// calls. Function calls stream only in runs without the code interpreter, because Python calls of the same turn come
/// before them.
/// </remarks>
internal sealed class TurnReader(
    RunScope scope,
    RunSteps steps,
    RunTools tools,
    IAnswerFiles files,
    Action pythonExpected
)
{
    private const int MaxPiecesTogether = 16;
    private readonly StringBuilder _waiting = new();
    private readonly AnswerLinkSplitter _splitter = new();
    private readonly StringBuilder _lateText = new();
    private PythonArgumentsDecoder? _decoder;
    private bool _isBlank = true;
    private int _pieces;
    private int _lastCall = -1;
    private bool _hasCalls;

    /// <summary>The message of the turn; ended already when tool calls followed it.</summary>
    public MessageStep? Message { get; private set; }

    /// <summary>The step of the turn's first call when that is a Python call.</summary>
    public PythonStep? Python { get; private set; }

    /// <summary>The step of the turn's function calls when they were streamed.</summary>
    public FunctionStep? Functions { get; private set; }

    /// <summary>Text that came after the first tool call.</summary>
    public string LateText => _lateText.ToString();

    /// <summary>Whether listeners have seen anything of the turn.</summary>
    public bool HasShown => Message is not null || Python is not null || Functions is not null;

    /// <summary>Reads the turn to its end.</summary>
    /// <param name="events">The model's stream.</param>
    /// <param name="turn">The turn's index in the run.</param>
    /// <param name="before">Has to be done before anything of the turn is shown.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<ModelTurn> ReadAsync(
        IAsyncEnumerable<ModelEvent> events,
        int turn,
        Task before,
        CancellationToken cancellationToken
    )
    {
        ModelTurn? whole = null;
        scope.Asks();
        await using var stream = events.GetAsyncEnumerator(cancellationToken);
        var next = stream.MoveNextAsync().AsTask();
        await WhenBothAsync(before, next);
        try
        {
            while (true)
            {
                if (!next.IsCompleted || _pieces >= MaxPiecesTogether)
                {
                    await FlushAsync(cancellationToken);
                }

                if (!await next)
                {
                    break;
                }

                scope.Hears();
                whole = await AddAsync(stream.Current, turn, cancellationToken) ?? whole;
                next = stream.MoveNextAsync().AsTask();
            }
        }
        finally
        {
            // What came before a stream broke off is shown as well.
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await FlushAsync(cancellationToken);
            EndCode();
            Functions?.End();
        }

        if (!_hasCalls)
        {
            await EndTextAsync(cancellationToken);
        }

        return whole ?? throw new ModelException(ModelFailure.Server, "The model's answer broke off.");
    }

    /// <summary>The message of the turn, opened when it is not.</summary>
    public MessageStep OpenMessage()
    {
        if (Message is null)
        {
            Message = steps.OpenMessage();
            scope.Unrecorded = Message;
        }

        return Message;
    }

    private async Task<ModelTurn?> AddAsync(ModelEvent item, int turn, CancellationToken cancellationToken)
    {
        switch (item)
        {
            case ModelTextDelta text:
                Add(_hasCalls ? _lateText : _waiting, text.Text);
                break;
            case ModelRefusalDelta refusal when !_hasCalls:
                await FlushAsync(cancellationToken);
                OpenMessage().AppendRefusal(refusal.Text);
                break;
            case ModelToolCallDelta call:
                await CallAsync(call, turn, cancellationToken);
                break;
        }

        return item as ModelTurn;
    }

    private async Task CallAsync(ModelToolCallDelta call, int turn, CancellationToken cancellationToken)
    {
        if (!_hasCalls)
        {
            await FlushAsync(cancellationToken);
            await EndTextAsync(cancellationToken);
            _hasCalls = true;
        }

        if (call.Index > _lastCall)
        {
            await FlushAsync(cancellationToken);
            Begin(call, turn);
        }

        if (call.Index != _lastCall)
        {
            return;
        }

        if (Python is not null && _decoder is not null)
        {
            Add(_waiting, _decoder.Push(call.Arguments));
        }
        else if (Functions is not null)
        {
            Add(_waiting, call.Arguments);
        }
    }

    private void Begin(ModelToolCallDelta call, int turn)
    {
        var isFirst = _lastCall < 0;
        _lastCall = call.Index;
        var kind = tools.KindOf(call.Name);
        if (kind == ToolCallKind.Python)
        {
            pythonExpected();
        }

        EndCode();
        if (isFirst && kind == ToolCallKind.Python)
        {
            EndMessage();
            Python = steps.OpenPython(CallIds.Of(scope.Run.Id, turn, call.Index));
            Python.Code("");
            _decoder = new PythonArgumentsDecoder();
        }
        else if (kind == ToolCallKind.Function && !tools.HasPython && (isFirst || Functions?.Count == call.Index))
        {
            EndMessage();
            Functions ??= steps.OpenFunctions();
            Functions.End();
            Functions.Begin(CallIds.Of(scope.Run.Id, turn, call.Index), call.Name!);
        }
    }

    /// <summary>Shows what has come so far.</summary>
    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        _pieces = 0;
        if (_waiting.Length == 0)
        {
            return;
        }

        if (_decoder is not null)
        {
            Python!.Code(Take());
        }
        else if (Functions is not null)
        {
            Functions.Arguments(Take());
        }
        else if (!_hasCalls && (Message is not null || !_isBlank))
        {
            await ShowAsync(_splitter.Push(Take()), cancellationToken);
        }
    }

    /// <summary>Nothing more is to be seen of the first call's code.</summary>
    private void EndCode()
    {
        if (_decoder is { } decoder)
        {
            Python!.Code(decoder.Finish());
            _decoder = null;
        }
    }

    private Task EndTextAsync(CancellationToken cancellationToken)
    {
        // White space alone is no message.
        _waiting.Clear();
        _isBlank = true;
        return ShowAsync(_splitter.Finish(), cancellationToken);
    }

    private async Task ShowAsync(IEnumerable<AnswerPiece> pieces, CancellationToken cancellationToken)
    {
        foreach (var piece in pieces)
        {
            var message = OpenMessage();
            if (
                piece.Link is { } link
                && !cancellationToken.IsCancellationRequested
                && await files.FindAsync(link, cancellationToken) is { } fileId
            )
            {
                message.AppendLink(new FileLink(link.Text, link.Start, link.End, fileId));
            }
            else
            {
                message.AppendText(piece.Text);
            }
        }
    }

    private void EndMessage()
    {
        if (Message is not null && scope.Open == Message)
        {
            steps.Close(StepStatuses.Completed);
            scope.PublishStaged();
        }
    }

    private void Add(StringBuilder text, string piece)
    {
        text.Append(piece);
        _isBlank = _isBlank && piece.AsSpan().IsWhiteSpace();
        _pieces++;
    }

    private string Take()
    {
        var text = _waiting.ToString();
        _waiting.Clear();
        _isBlank = true;
        return text;
    }

    /// <summary>Awaits the first; the second is left running, but not when the first fails.</summary>
    private static async Task WhenBothAsync(Task first, Task second)
    {
        try
        {
            await first;
        }
        catch
        {
            await second.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }
}
