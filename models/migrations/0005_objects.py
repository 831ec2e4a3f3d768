from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from json import dumps, loads
from models.clock import now
from models.ids import new_id, new_key
from models.stamp import StampKind
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0004_condition_words')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Emoji',
            fields=[
                ('id', fields.BigIntField(primary_key=True, generated=False, default=new_id, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                ('key', fields.CharField(default=new_key, unique=True, max_length=22)),
                ('host', fields.CharField(max_length=255)),
                ('name', fields.CharField(max_length=100)),
                ('remote_uri', fields.CharField(max_length=500)),
                ('fetch_attempts', fields.IntField(default=0, db_default=0)),
                ('stored_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'emoji', 'app': 'models', 'unique_together': (('host', 'name'),), 'indexes': [Index(fields=['stored_at', 'fetch_attempts'])], 'pk_attr': 'id'},
            bases=['Record'],
        ),
        ops.CreateModel(
            name='Pin',
            fields=[
                ('id', fields.BigIntField(primary_key=True, generated=False, default=new_id, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                ('actor', fields.ForeignKeyField('models.Actor', source_field='actor_id', db_constraint=True, to_field='id', related_name='pins', on_delete=OnDelete.CASCADE)),
                ('post', fields.ForeignKeyField('models.Post', source_field='post_id', db_constraint=True, to_field='id', related_name='pins', on_delete=OnDelete.CASCADE)),
            ],
            options={'table': 'pin', 'app': 'models', 'unique_together': (('actor', 'post'),), 'indexes': [Index(fields=['post_id'])], 'pk_attr': 'id'},
            bases=['Record'],
        ),
        ops.CreateModel(
            name='Poll',
            fields=[
                ('id', fields.BigIntField(primary_key=True, generated=False, default=new_id, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                ('post', fields.OneToOneField('models.Post', source_field='post_id', db_constraint=True, to_field='id', related_name='poll', on_delete=OnDelete.CASCADE)),
                ('options', fields.JSONField(default=list, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('is_multiple', fields.BooleanField(default=False, db_default=False)),
                ('closes_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('voters', fields.IntField(null=True)),
            ],
            options={'table': 'poll', 'app': 'models', 'pk_attr': 'id'},
            bases=['Record'],
        ),
        ops.CreateModel(
            name='Stamp',
            fields=[
                ('id', fields.BigIntField(primary_key=True, generated=False, default=new_id, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                ('key', fields.CharField(default=new_key, unique=True, max_length=22)),
                ('kind', fields.CharEnumField(enum_type=StampKind, max_length=16)),
                ('post', fields.ForeignKeyField('models.Post', source_field='post_id', db_constraint=True, to_field='id', related_name='stamps', on_delete=OnDelete.CASCADE)),
                ('asker', fields.ForeignKeyField('models.Actor', source_field='asker_id', db_constraint=True, to_field='id', related_name='stamps', on_delete=OnDelete.CASCADE)),
                ('interaction_uri', fields.CharField(max_length=500)),
            ],
            options={'table': 'stamp', 'app': 'models', 'unique_together': (('post', 'interaction_uri', 'kind'),), 'indexes': [Index(fields=['asker_id'])], 'pk_attr': 'id'},
            bases=['Record'],
        ),
        ops.CreateModel(
            name='Vote',
            fields=[
                ('id', fields.BigIntField(primary_key=True, generated=False, default=new_id, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                ('uri', fields.CharField(max_length=500)),
                ('poll', fields.ForeignKeyField('models.Poll', source_field='poll_id', db_constraint=True, to_field='id', related_name='votes', on_delete=OnDelete.CASCADE)),
                ('actor', fields.ForeignKeyField('models.Actor', source_field='actor_id', db_constraint=True, to_field='id', related_name='votes', on_delete=OnDelete.CASCADE)),
                ('option', fields.CharField(max_length=300)),
            ],
            options={'table': 'vote', 'app': 'models', 'unique_together': (('poll', 'actor', 'option'),), 'indexes': [Index(fields=['actor_id'])], 'pk_attr': 'id'},
            bases=['Record'],
        ),
        ops.AddField(
            model_name='Actor',
            name='allows_quotes',
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name='Actor',
            name='moved_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Attachment',
            name='blurhash',
            field=fields.CharField(default='', db_default='', max_length=100),
        ),
        ops.AddField(
            model_name='Attachment',
            name='focus_x',
            field=fields.FloatField(null=True),
        ),
        ops.AddField(
            model_name='Attachment',
            name='focus_y',
            field=fields.FloatField(null=True),
        ),
        ops.AddField(
            model_name='Post',
            name='ends_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Post',
            name='kind',
            field=fields.CharField(default='', db_default='', max_length=20),
        ),
        ops.AddField(
            model_name='Post',
            name='place',
            field=fields.CharField(default='', db_default='', max_length=300),
        ),
        ops.AddField(
            model_name='Post',
            name='quote_stamp_uri',
            field=fields.CharField(default='', db_default='', max_length=500),
        ),
        ops.AddField(
            model_name='Post',
            name='quote_uri',
            field=fields.CharField(default='', db_default='', max_length=500),
        ),
        ops.AddField(
            model_name='Post',
            name='shows_quote',
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name='Post',
            name='starts_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Post',
            name='translations',
            field=fields.JSONField(null=True, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads),
        ),
        ops.AddIndex(
            model_name='Post',
            index=Index(fields=['quote_uri']),
        ),
        ops.AddIndex(
            model_name='Post',
            index=Index(fields=['quote_stamp_uri']),
        ),
    ]
