//! A layer that writes down what happens to spans.

use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::Registry;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;

/// What `work` does to spans, one line each.
pub(crate) fn told(work: fn()) -> Vec<String> {
    let collect = Collect::default();
    let lines = Arc::clone(&collect.0);
    let registry = Registry::default().with(collect);
    tracing::subscriber::with_default(registry, work);
    let mut lines = lines.lock().expect("no panic before");
    std::mem::take(&mut *lines)
}

#[derive(Default)]
struct Collect(Arc<Mutex<Vec<String>>>);

impl Collect {
    fn tell(&self, line: String) {
        self.0.lock().expect("no panic before").push(line);
    }
}

/// The name of a span in the registry.
fn name<S: Subscriber + for<'a> LookupSpan<'a>>(id: &Id, context: &Context<'_, S>) -> &'static str {
    context.span(id).map_or("none", |span| span.name())
}

/// Level and target; a module of these tests is like any other of them.
fn kind(metadata: &Metadata<'_>) -> String {
    let target = metadata.target();
    let target = match target.strip_prefix("with_tracing::") {
        Some(_) => "here",
        None => target,
    };
    format!("{} {target} {}", metadata.level(), metadata.name())
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Collect {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        let parent = context.span(id).and_then(|span| span.parent());
        let parent = parent.map_or("none", |parent| parent.name());
        let kind = kind(attributes.metadata());
        self.tell(format!("new {kind}{} in {parent}", fields.0));
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        values.record(&mut fields);
        self.tell(format!("record {}{}", name(id, &context), fields.0));
    }

    fn on_follows_from(&self, id: &Id, follows: &Id, context: Context<'_, S>) {
        let (id, follows) = (name(id, &context), name(follows, &context));
        self.tell(format!("{id} follows {follows}"));
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let around = context.event_span(event);
        let around = around.map_or("none", |span| span.name());
        // An event's own name has its file and line in it.
        let metadata = event.metadata();
        let kind = kind(metadata).replace(metadata.name(), "");
        self.tell(format!("event {kind}{} in {around}", fields.0));
    }

    fn on_enter(&self, id: &Id, context: Context<'_, S>) {
        self.tell(format!("enter {}", name(id, &context)));
    }

    fn on_exit(&self, id: &Id, context: Context<'_, S>) {
        self.tell(format!("exit {}", name(id, &context)));
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        self.tell(format!("close {}", name(&id, &context)));
    }
}

#[derive(Default)]
struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        // A `String` does not fail.
        let _ = write!(self.0, " {}={value:?}", field.name());
    }
}
